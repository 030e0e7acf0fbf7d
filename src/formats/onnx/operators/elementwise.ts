import { BOOL, ELEMENT_TYPES, type ElementType } from '../messages/element-types.ts';
import { broadcastDims, broadcastValues } from './broadcast.ts';
import type { OperatorTable, Rule, RuleOutput } from './rule.ts';
import { asStored, type RuleNode, typeOf } from './rule-node.ts';

type Unary = (value: number) => number;
type Binary = (left: number, right: number, type: ElementType | undefined) => number;

const isWhole = (type: ElementType | undefined) => type?.kind === 'signed' || type?.kind === 'unsigned';

/** Round half to even. */
function roundEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const UNARY: ReadonlyMap<string, Unary> = new Map<string, Unary>([
  ['Abs', Math.abs],
  ['Neg', (value) => -value],
  ['Floor', Math.floor],
  ['Ceil', Math.ceil],
  ['Round', roundEven],
  ['Sqrt', Math.sqrt],
  ['Reciprocal', (value) => 1 / value],
  ['Exp', Math.exp],
  ['Log', Math.log],
  ['Sign', Math.sign],
  ['Relu', (value) => Math.max(0, value)],
  ['Not', (value) => (value === 0 ? 1 : 0)],
]);

/** Whole numbers are divided towards zero. */
const divide: Binary = (left, right, type) => (isWhole(type) ? Math.trunc(left / right) : left / right);

const BINARY: ReadonlyMap<string, Binary> = new Map<string, Binary>([
  ['Add', (left, right) => left + right],
  ['Sub', (left, right) => left - right],
  ['Mul', (left, right) => left * right],
  ['Div', divide],
  ['Pow', (left, right, type) => (isWhole(type) ? Math.trunc(left ** right) : left ** right)],
  ['Min', (left, right) => Math.min(left, right)],
  ['Max', (left, right) => Math.max(left, right)],
  ['Sum', (left, right) => left + right],
  ['Equal', (left, right) => Number(left === right)],
  ['Greater', (left, right) => Number(left > right)],
  ['GreaterOrEqual', (left, right) => Number(left >= right)],
  ['Less', (left, right) => Number(left < right)],
  ['LessOrEqual', (left, right) => Number(left <= right)],
  ['And', (left, right) => Number(left !== 0 && right !== 0)],
  ['Or', (left, right) => Number(left !== 0 || right !== 0)],
  ['Xor', (left, right) => Number((left !== 0) !== (right !== 0))],
]);

/** Known values of whole numbers can leave the range of their type, or the numbers: then they are not known. */
function usable(values: readonly number[] | undefined, type: ElementType | undefined): readonly number[] | undefined {
  return isWhole(type) && values?.some((value) => !Number.isFinite(value)) === true ? undefined : values;
}

const unary: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  const apply = UNARY.get(node.opType);
  const isKnown = apply !== undefined && values !== undefined && node.mayFold(dims);
  return [
    { dims, elementType, values: isKnown ? values.map((value) => asStored(apply(value), elementType)) : undefined },
  ];
};

/** One output like the first input. */
export const same: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  return [{ dims, elementType }];
};

/** Truth per element. */
const truth: Rule = (node) => {
  const [output] = unary(node);
  return [{ ...output!, elementType: BOOL }];
};

/** Broadcasts the inputs that are given. */
export function broadcast(node: RuleNode, elementType: ElementType | undefined): RuleOutput {
  const inputs = node.inputs.map((_, index) => node.input(index));
  node.check(inputs.length > 0, () => 'wants inputs, found none');
  const dims = broadcastDims(
    node,
    inputs.map((input) => input.dims),
  );
  const apply = BINARY.get(node.opType);
  if (apply === undefined || inputs.some(({ values }) => values === undefined) || !node.mayFold(dims, inputs.length))
    return { dims, elementType };
  const operands = inputs.map((input) => broadcastValues(input.values!, input.dims, dims));
  const type = typeOf(node, 0, 1);
  const values = operands.reduce((left, right) =>
    left.map((value, index) => asStored(apply(value, right[index]!, type), elementType)),
  );
  return { dims, elementType, values: usable(values, elementType) };
}

const arithmetic: Rule = (node) => [legacyBroadcast(node, typeOf(node, 0, 1))];
const comparison: Rule = (node) => [legacyBroadcast(node, BOOL)];

/** Before operator set 7 the second operand was laid along `axis` of the first. */
function legacyBroadcast(node: RuleNode, elementType: ElementType | undefined): RuleOutput {
  if (node.int('broadcast', 0) === 1 && node.inputs.length === 2) return { dims: node.dims(0), elementType };
  return broadcast(node, elementType);
}

const where: Rule = (node) => {
  const inputs = [node.input(0), node.input(1), node.input(2)] as const;
  const dims = broadcastDims(
    node,
    inputs.map((input) => input.dims),
  );
  const elementType = typeOf(node, 1, 2);
  if (inputs.some(({ values }) => values === undefined) || !node.mayFold(dims)) return [{ dims, elementType }];
  const [condition, yes, no] = inputs.map((input) => broadcastValues(input.values!, input.dims, dims));
  return [{ dims, elementType, values: condition!.map((value, index) => (value !== 0 ? yes! : no!)[index]!) }];
};

/** A value in another type: whole numbers are cut towards zero. */
function converted(value: number, type: ElementType): number {
  if (type.kind === 'boolean') return value === 0 ? 0 : 1;
  return isWhole(type) ? Math.trunc(value) : asStored(value, type);
}

function castTo(node: RuleNode, type: ElementType | undefined): readonly RuleOutput[] {
  const { dims, values } = node.input(0);
  const isKnown = values !== undefined && type !== undefined && type.kind !== 'string' && node.mayFold(dims);
  const cast = isKnown ? values.map((value) => converted(value, type)) : undefined;
  return [{ dims, elementType: type, values: usable(cast, type) }];
}

const cast: Rule = (node) => castTo(node, namedType(node, 'to'));

/** The element type whose number an attribute gives. */
export function namedType(node: RuleNode, attribute: string): ElementType {
  const code = node.requiredInt(attribute);
  const type = ELEMENT_TYPES.get(code);
  if (type === undefined) throw node.error(`wants an element type in the attribute ${attribute}, found ${code}`);
  return type;
}

const clip: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  const low = node.has(1) ? node.input(1).values?.[0] : node.float('min', Number.NEGATIVE_INFINITY);
  const high = node.has(2) ? node.input(2).values?.[0] : node.float('max', Number.POSITIVE_INFINITY);
  if (values === undefined || low === undefined || high === undefined || !node.mayFold(dims))
    return [{ dims, elementType }];
  return [{ dims, elementType, values: values.map((value) => Math.min(high, Math.max(low, value))) }];
};

const mod: Rule = (node) => {
  const isFloat = node.int('fmod', 0) === 1;
  const output = broadcast(node, typeOf(node, 0, 1));
  const [left, right] = [node.input(0), node.input(1)];
  if (left.values === undefined || right.values === undefined || !node.mayFold(output.dims)) return [output];
  const divisors = broadcastValues(right.values, right.dims, output.dims);
  const values = broadcastValues(left.values, left.dims, output.dims).map((value, index) => {
    const divisor = divisors[index]!;
    return isFloat ? value % divisor : value - Math.floor(value / divisor) * divisor;
  });
  return [{ ...output, values: usable(values, output.elementType) }];
};

/** Dropout, in training or not, with its mask. */
const dropout: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  return [
    { dims, elementType, values },
    { dims, elementType: node.operatorSet < 7 ? elementType : BOOL },
  ];
};

/** The first half of the last dim times a function of the second. */
const halved: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  const last = dims.at(-1) ?? 1;
  node.check(last % 2 === 0, () => `wants an even last dim, found ${last}`);
  return [{ dims: [...dims.slice(0, -1), last / 2], elementType }];
};

const MS = 'com.microsoft:';

/** Operators that work on every element alone. */
export const ELEMENTWISE: OperatorTable = [
  [
    'Abs Neg Floor Ceil Round Sqrt Reciprocal Exp Log Sign Relu Acos Acosh Asin Asinh Atan Atanh Cos Cosh Sin Sinh Tan Tanh Erf Sigmoid ' +
      'HardSigmoid HardSwish LeakyRelu Elu Selu Celu ThresholdedRelu Softplus Softsign Mish Gelu Swish Shrink BitwiseNot Hardmax',
    'vector',
    unary,
  ],
  ['Not', 'vector', truth],
  ['IsNaN IsInf', 'vector', (node) => [{ dims: node.dims(0), elementType: BOOL }]],
  ['Add Sub Mul Div Pow Min Max Sum Mean BitShift BitwiseAnd BitwiseOr BitwiseXor', 'vector', arithmetic],
  ['Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor', 'vector', comparison],
  ['Where', 'vector', where],
  ['Mod', 'vector', mod],
  ['Clip', 'vector', clip],
  ['Cast', 'vector', cast],
  ['CastLike', 'vector', (node) => castTo(node, node.type(1))],
  ['BitCast', 'view', (node) => [{ dims: node.dims(0), elementType: namedType(node, 'to') }]],
  ['PRelu SwiGLU', 'vector', same],
  ['Dropout', 'view', dropout],
  [
    `${MS}Gelu ${MS}QuickGelu ${MS}FastGelu ${MS}BiasGelu ${MS}BiasDropout ${MS}BiasSoftmax ${MS}Inverse ${MS}ScaledTanh ${MS}Affine ` +
      `${MS}ParametricSoftplus ai.onnx.contrib:Gelu ${MS}BiasAdd`,
    'vector',
    same,
  ],
  [`${MS}BiasSplitGelu`, 'vector', halved],
];
