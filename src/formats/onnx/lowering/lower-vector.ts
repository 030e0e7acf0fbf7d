import { product } from '../../../util/integers.ts';
import type { ActivationFunction, ElementWise } from '../../../workload/graph/vector-operation.ts';
import { type InferredNode, isConstant } from '../inference/inferred-model.ts';
import { poolingWindow } from '../operators/pooling.ts';
import type { RuleNode } from '../operators/rule-node.ts';

/** What a node computes. `group`: words that are normalised together. */
export type NodeOperation =
  | { readonly kind: 'activation'; readonly function: ActivationFunction }
  | { readonly kind: ElementWise }
  | { readonly kind: 'softmax' | 'layer-norm' | 'rms-norm'; readonly group: number }
  | { readonly kind: 'batch-norm' }
  | { readonly kind: 'rotary' }
  | { readonly kind: 'reduce' }
  | { readonly kind: 'local-norm'; readonly window: number }
  | { readonly kind: 'global-pool'; readonly how: 'max' | 'average' }
  | {
      readonly kind: 'pool';
      readonly how: 'max' | 'average';
      readonly kernel: readonly [number, number];
      readonly stride: readonly [number, number];
      readonly paddingBefore: readonly [number, number];
    }
  | { readonly kind: 'resize'; readonly how: 'nearest' | 'linear' | 'cubic' };

/** What a node of words is: an operation on some of its inputs. */
export interface LoweredOperator {
  readonly operation: NodeOperation;
  /** Indices of the node's inputs that are activations; several are combined word by word. */
  readonly operands: readonly number[];
  /** Indices of those that it reads too where they are constants. */
  readonly constants: readonly number[];
}

const FUNCTIONS: Readonly<Record<string, ActivationFunction>> = {
  Relu: 'relu',
  LeakyRelu: 'leaky-relu',
  PRelu: 'leaky-relu',
  ThresholdedRelu: 'relu',
  HardSigmoid: 'hard-sigmoid',
  HardSwish: 'hard-swish',
  Sigmoid: 'sigmoid',
  Swish: 'silu',
  Tanh: 'tanh',
  Gelu: 'gelu',
  FastGelu: 'gelu',
  BiasGelu: 'gelu',
  QuickGelu: 'silu',
  Exp: 'exp',
  Sqrt: 'sqrt',
  Log: 'log',
  Erf: 'erf',
  Sin: 'sin',
  Cos: 'sin',
  Tan: 'sin',
  Asin: 'sin',
  Acos: 'sin',
  Atan: 'sin',
  Sinh: 'sin',
  Cosh: 'sin',
  Asinh: 'sin',
  Acosh: 'sin',
  Atanh: 'sin',
  Reciprocal: 'reciprocal',
  Elu: 'elu',
  Selu: 'elu',
  Celu: 'elu',
  Softplus: 'softplus',
  Softsign: 'reciprocal',
  Mish: 'mish',
  QLinearSigmoid: 'sigmoid',
  QLinearLeakyRelu: 'leaky-relu',
};

const BINARY: Readonly<Record<string, ElementWise>> = {
  Add: 'add',
  Sum: 'add',
  Mean: 'add',
  Sub: 'subtract',
  Mul: 'multiply',
  Div: 'divide',
  Mod: 'divide',
  Min: 'minimum',
  Max: 'maximum',
  Where: 'maximum',
  Equal: 'subtract',
  Greater: 'subtract',
  GreaterOrEqual: 'subtract',
  Less: 'subtract',
  LessOrEqual: 'subtract',
  And: 'minimum',
  Or: 'maximum',
  Xor: 'subtract',
  BitwiseAnd: 'minimum',
  BitwiseOr: 'maximum',
  BitwiseXor: 'subtract',
  BitShift: 'multiply',
  QLinearAdd: 'add',
  QLinearMul: 'multiply',
  QLinearWhere: 'maximum',
  MulInteger: 'multiply',
  BiasAdd: 'add',
};

/** Where operators that combine words have them, if not in all their inputs: beside scales and zero points. */
const OPERANDS: Readonly<Record<string, readonly number[]>> = {
  QLinearAdd: [0, 3],
  QLinearMul: [0, 3],
  QLinearWhere: [0, 1, 4],
  MulInteger: [0, 2],
};

/** Functions of one simple step. */
const SIMPLE: ReadonlySet<string> = new Set([
  'Abs',
  'Neg',
  'Sign',
  'Floor',
  'Ceil',
  'Round',
  'Not',
  'IsNaN',
  'IsInf',
  'BitwiseNot',
]);

/** A node of the family `vector` whose shapes are known; null for an operation that the model does not know. */
export function lowerVector(node: InferredNode, rule: RuleNode): LoweredOperator | null {
  const { opType } = node;
  const unary = (operation: NodeOperation): LoweredOperator => ({ operation, operands: [0], constants: [] });
  const dims = rule.dims(0);
  if (opType === 'Clip') return unary({ kind: 'activation', function: isRelu6(rule) ? 'relu6' : 'clip' });
  if (opType === 'Pow') return lowerPower(node);
  const activation = FUNCTIONS[opType];
  if (activation !== undefined) return { ...unary({ kind: 'activation', function: activation }), constants: [1] };
  if (SIMPLE.has(opType)) return unary({ kind: 'activation', function: 'abs' });
  const binary = BINARY[opType];
  if (binary !== undefined) return lowerElementWise(node, binary);
  switch (opType) {
    case 'Softmax':
    case 'LogSoftmax':
    case 'QLinearSoftmax':
      return unary({ kind: 'softmax', group: softmaxGroup(rule, dims) });
    case 'BiasSoftmax':
      return { ...unary({ kind: 'softmax', group: product(dims.slice(rule.int('axis', 1))) }), constants: [1] };
    case 'LayerNormalization':
    case 'SimplifiedLayerNormalization':
    case 'RMSNormalization': {
      const axis = rule.axis(rule.int('axis', -1), dims.length);
      const kind = opType === 'LayerNormalization' ? 'layer-norm' : 'rms-norm';
      return { ...unary({ kind, group: product(dims.slice(axis)) }), constants: [1, 2] };
    }
    case 'InstanceNormalization':
      return { ...unary({ kind: 'layer-norm', group: product(dims.slice(2)) }), constants: [1, 2] };
    case 'GroupNormalization':
    case 'GroupNorm':
      return {
        ...unary({
          kind: 'layer-norm',
          group: product(dims.slice(1)) / rule.int(opType === 'GroupNorm' ? 'groups' : 'num_groups', 1),
        }),
        constants: [1, 2],
      };
    case 'MeanVarianceNormalization':
      return unary({ kind: 'layer-norm', group: product(dims) / (dims[1] ?? 1) });
    case 'LpNormalization':
      return unary({ kind: 'rms-norm', group: dims[rule.axis(rule.int('axis', -1), dims.length)]! });
    case 'BatchNormalization':
      return { ...unary({ kind: 'batch-norm' }), constants: [1, 2] };
    case 'LRN':
      return unary({ kind: 'local-norm', window: rule.int('size', 1) });
    case 'MaxPool':
    case 'NhwcMaxPool':
    case 'AveragePool':
    case 'LpPool':
    case 'QLinearAveragePool':
      return lowerPool(node, rule);
    case 'GlobalAveragePool':
    case 'GlobalLpPool':
    case 'QLinearGlobalAveragePool':
      return unary({ kind: 'global-pool', how: 'average' });
    case 'GlobalMaxPool':
      return unary({ kind: 'global-pool', how: 'max' });
    case 'Resize':
    case 'Upsample': {
      const mode = rule.text('mode', 'nearest');
      return unary({ kind: 'resize', how: mode === 'nearest' || mode === 'cubic' ? mode : 'linear' });
    }
    case 'GridSample':
      return unary({ kind: 'resize', how: 'linear' });
    case 'RotaryEmbedding':
      return unary({ kind: 'rotary' });
    case 'CumSum':
    case 'CumProd':
    case 'QuantizeLinear':
    case 'DynamicQuantizeLinear':
      return unary({ kind: 'activation', function: 'abs' });
    default:
      return opType.startsWith('Reduce') || opType === 'QLinearReduceMean' || opType.startsWith('Arg')
        ? unary(reduction(node, rule))
        : null;
  }
}

/** A mean or extreme over the whole map is a pooling. */
function reduction(node: InferredNode, rule: RuleNode): NodeOperation {
  const dims = rule.dims(0);
  const made = node.outputs[0]?.dims ?? [];
  const kept = product(made) === dims[0]! * (dims[1] ?? 1) && made[0] === dims[0] && made[1] === dims[1];
  const how = { ReduceMean: 'average', ReduceMax: 'max' } as const;
  if (dims.length === 4 && kept && (node.opType === 'ReduceMean' || node.opType === 'ReduceMax'))
    return { kind: 'global-pool', how: how[node.opType] };
  return { kind: 'reduce' };
}

function isRelu6(rule: RuleNode): boolean {
  const bound = (index: number, name: string) => rule.inputs[index]?.values?.[0] ?? rule.float(name, Number.NaN);
  return bound(1, 'min') === 0 && bound(2, 'max') === 6;
}

/** A square is a product; other powers go through logarithm and exponential. */
function lowerPower(node: InferredNode): LoweredOperator {
  const exponent = node.inputs[1]?.values;
  const isSquare = exponent?.length === 1 && exponent[0] === 2;
  return { operation: { kind: 'activation', function: isSquare ? 'abs' : 'pow' }, operands: [0], constants: [] };
}

function lowerElementWise(node: InferredNode, kind: ElementWise): LoweredOperator {
  const places = OPERANDS[node.opType] ?? node.inputs.map((_, index) => index);
  const isOperand = (index: number) => node.inputs[index] !== undefined && !isConstant(node.inputs[index]!);
  const constants = places.filter((index) => !isOperand(index));
  return {
    operation: { kind },
    operands: places.filter(isOperand),
    constants,
  };
}

/** Since operator set 13 words along one axis are normalised together, before that all from it on. */
function softmaxGroup(rule: RuleNode, dims: readonly number[]): number {
  const isOld = rule.operatorSet < 13 && rule.opType !== 'QLinearSoftmax';
  const axis = rule.axis(rule.int('axis', isOld ? 1 : -1), Math.max(1, dims.length));
  return isOld ? product(dims.slice(axis)) : (dims[axis] ?? 1);
}

function lowerPool(node: InferredNode, rule: RuleNode): LoweredOperator {
  const { kernel, strides, padsBegin } = poolingWindow(rule);
  const how = node.opType.endsWith('MaxPool') ? 'max' : 'average';
  if (kernel.length > 2) return { operation: { kind: 'reduce' }, operands: [0], constants: [] };
  const pair = (list: readonly number[], otherwise: number) => [list[0]!, list[1] ?? otherwise] as const;
  return {
    operation: {
      kind: 'pool',
      how,
      kernel: pair(kernel, 1),
      stride: pair(strides, 1),
      paddingBefore: pair(padsBegin, 0),
    },
    operands: [0],
    constants: [],
  };
}
