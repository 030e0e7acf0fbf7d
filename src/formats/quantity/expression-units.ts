import type { MathNode } from 'mathjs';
import { TrifoldError } from '../../util/errors.ts';
import { suggestWord } from '../../util/suggestion.ts';
import { argumentsOf, functionName, hasVariables, isComparison, operatorOf, symbolName } from './expression-nodes.ts';
import { newMathjs } from './mathjs.ts';
import { type QuantityKind, readSimpleQuantity } from './quantity.ts';

/** Powers of joule, second and metre. */
type Dimension = readonly [joules: number, seconds: number, metres: number];

const PLAIN: Dimension = [0, 0, 0];

const VARIABLES = {
  energy: [1, 0, 0],
  latency: [0, 1, 0],
  edp: [1, 1, 0],
  power: [1, -1, 0],
  cycles: PLAIN,
  area: [0, 0, 2],
} as const satisfies Readonly<Record<string, Dimension>>;

/** One quantity that objectives and limits may name. */
export type ExpressionVariable = keyof typeof VARIABLES;

/** Values of all quantities in SI units (area in m^2). */
export type ExpressionValues = Readonly<Record<ExpressionVariable, number>>;

/** Quantities that objectives and limits may name, all positive: SI units (J, s, J*s, W, mm^2 counted as m^2) and plain cycles. */
export const EXPRESSION_VARIABLES: readonly ExpressionVariable[] = [
  'energy',
  'latency',
  'edp',
  'power',
  'cycles',
  'area',
];

/** Whether a word is the name of a quantity. */
export function isVariable(name: string): name is ExpressionVariable {
  return Object.hasOwn(VARIABLES, name);
}

/** Kinds of units that expressions may hold: dimension, and how many of the kind's own unit make one SI unit. */
const KINDS: Partial<Readonly<Record<QuantityKind, readonly [Dimension, number]>>> = {
  energy: [[1, 0, 0], 1e12],
  power: [[1, -1, 0], 1e3],
  time: [[0, 1, 0], 1],
  frequency: [[0, -1, 0], 1],
  length: [[0, 0, 1], 1e9],
  area: [[0, 0, 2], 1e6],
};

/** The factor of a unit to SI. @throws TrifoldError `value` for a word that is none, or one that no figure is in */
export function unitFactor(unit: string, text: string): number {
  return readUnit(unit, text).factor;
}

function readUnit(unit: string, text: string): { readonly dimension: Dimension; readonly factor: number } {
  const read = readSimpleQuantity(`1 ${unit}`);
  const known = read === undefined ? undefined : KINDS[read.kind];
  if (read === undefined || known === undefined)
    throw new TrifoldError('value', `'${text}': ${unit} is neither a quantity nor a unit of one`, {
      hint: suggestWord(unit, [
        ...EXPRESSION_VARIABLES,
        'ms',
        'us',
        'ns',
        's',
        'J',
        'mJ',
        'uJ',
        'nJ',
        'pJ',
        'W',
        'mW',
        'mm',
      ]),
    });
  return { dimension: known[0], factor: read.value / known[1] };
}

/**
 * The expression with every comparison and sum checked to be of equal units. `cycles` after a number counts as a unit of time where nothing else
 * fits: `latency < 20000 cycles`.
 * @throws TrifoldError `unit` for a number without a unit beside a quantity, and for different units
 */
export function withCheckedUnits(tree: MathNode, text: string): MathNode {
  const checked = tree.transform((node) => (isComparison(node) ? comparable(node, text) : node));
  if (!isComparison(checked) && operatorOf(checked) !== 'and') dimensionOf(checked, text);
  return checked;
}

function comparable(node: MathNode, text: string): MathNode {
  const [left, right] = argumentsOf(node);
  if (left === undefined || right === undefined) return node;
  const sides = [left, right] as const;
  const dimensions = sides.map((side) => dimensionOf(side, text));
  const ofCycles = cyclesInCycles(node, sides);
  if (ofCycles !== null) return ofCycles;
  if (isSame(dimensions[0]!, dimensions[1]!) || sides.some(isZero)) return node;
  const inCycles = comparedInCycles(node, sides, text);
  if (inCycles !== null) return inCycles;
  throw mismatch(sides, dimensions, text);
}

/** `cycles < 300 cycles`: beside the figure, a number of cycles is a plain number. Null for other comparisons. */
function cyclesInCycles(node: MathNode, sides: readonly [MathNode, MathNode]): MathNode | null {
  const figure = sides.findIndex((side) => symbolName(side) === 'cycles');
  const limit = sides.map(withoutParentheses)[1 - figure];
  if (figure < 0 || limit === undefined || operatorOf(limit) !== '*') return null;
  const [count, unit] = argumentsOf(limit);
  if (count === undefined || unit === undefined || hasVariables(count) || symbolName(unit) !== 'cycles') return null;
  return node.map((side, path) => (path === `args[${1 - figure}]` ? count : side));
}

/** The comparison with time in cycles where one side is a number of cycles, e.g. `edp < 1e9 pJ * cycles`; null where that makes no sense. */
function comparedInCycles(node: MathNode, sides: readonly [MathNode, MathNode], text: string): MathNode | null {
  const named = sides.map((side) => new Set(side.filter((one) => isVariable(symbolName(one))).map(symbolName)));
  const limit = named.findIndex((names) => names.size === 1 && names.has('cycles'));
  if (limit < 0 || named[1 - limit]!.has('cycles')) return null;
  const unitOfTime = (side: MathNode) =>
    side.filter((one) => one.type === 'SymbolNode' && !isVariable(symbolName(one)) && isUnitOfTime(symbolName(one)));
  if (sides.some((side) => unitOfTime(side).length > 0)) return null;
  const asTime = dimensionOf(sides[limit]!, text, [0, 1, 0]);
  if (!isSame(asTime, dimensionOf(sides[1 - limit]!, text))) return null;
  const replaced = sides.map((side, i) => side.transform((one) => (i === limit ? withoutCycles(one) : inCycles(one))));
  return node.map((_, path) => (path === 'args[0]' ? replaced[0]! : replaced[1]!));
}

function withoutParentheses(node: MathNode): MathNode {
  return node.type === 'ParenthesisNode' && 'content' in node ? withoutParentheses(node.content as MathNode) : node;
}

function isUnitOfTime(name: string): boolean {
  const kind = readSimpleQuantity(`1 ${name}`)?.kind;
  return kind === 'time' || kind === 'frequency' || kind === 'power';
}

function withoutCycles(node: MathNode): MathNode {
  return symbolName(node) === 'cycles' ? new (mathjs().ConstantNode)(1) : node;
}

function inCycles(node: MathNode): MathNode {
  const text = { latency: 'cycles', edp: '(energy * cycles)', power: '(energy / cycles)' }[symbolName(node)];
  return text === undefined ? node : mathjs().parse(text);
}

let loaded: ReturnType<typeof newMathjs> | undefined;

function mathjs(): ReturnType<typeof newMathjs> {
  loaded ??= newMathjs();
  return loaded;
}

/** @param cycles dimension of the symbol `cycles` */
function dimensionOf(node: MathNode, text: string, cycles: Dimension = PLAIN): Dimension {
  const of = (part: MathNode) => dimensionOf(part, text, cycles);
  if (node.type === 'ParenthesisNode' && 'content' in node) return of(node.content as MathNode);
  if (node.type === 'SymbolNode') {
    const name = symbolName(node);
    if (name === 'cycles') return cycles;
    return isVariable(name) ? VARIABLES[name] : readUnit(name, text).dimension;
  }
  const parts = argumentsOf(node);
  if (node.type === 'FunctionNode') return ofFunction(functionName(node), parts, of, text);
  const [a, b] = parts;
  if (node.type !== 'OperatorNode' || a === undefined) return PLAIN;
  if (b === undefined) return of(a);
  switch (operatorOf(node)) {
    case '+':
    case '-':
      return ofSum(parts, of, text);
    case '*':
      return joined(of(a), of(b), 1);
    case '/':
      return joined(of(a), of(b), -1);
    case '^':
      return ofPower(a, b, of, text);
    default:
      return PLAIN;
  }
}

function ofFunction(
  name: string,
  parts: readonly MathNode[],
  of: (part: MathNode) => Dimension,
  text: string,
): Dimension {
  if (name === 'max' || name === 'min') return ofSum(parts, of, text);
  const [dimension = PLAIN] = parts.map(of);
  if (name === 'sqrt') return scaled(dimension, 0.5);
  // A unit only shifts a logarithm, but changes what an exponential means.
  if (name === 'exp' && !isSame(dimension, PLAIN)) throw needsNumber(`exp(${parts.join(', ')})`, parts[0]!, text);
  return PLAIN;
}

function ofSum(parts: readonly MathNode[], of: (part: MathNode) => Dimension, text: string): Dimension {
  const counted = parts.filter((part) => !isZero(part));
  const dimensions = counted.map(of);
  const other = dimensions.findIndex((dimension) => !isSame(dimension, dimensions[0]!));
  if (other > 0) throw mismatch([counted[0]!, counted[other]!], [dimensions[0]!, dimensions[other]!], text);
  return dimensions[0] ?? PLAIN;
}

function ofPower(base: MathNode, exponent: MathNode, of: (part: MathNode) => Dimension, text: string): Dimension {
  const dimension = of(base);
  if (!isSame(of(exponent), PLAIN)) throw needsNumber(`${base} ^ ${exponent}`, exponent, text);
  if (isSame(dimension, PLAIN)) return PLAIN;
  if (hasVariables(exponent)) throw needsNumber(`${base} ^ ${exponent}`, base, text);
  return scaled(dimension, Number(exponent.compile().evaluate()));
}

function needsNumber(where: string, part: MathNode, text: string): TrifoldError {
  return new TrifoldError('unit', `'${text}': ${where} needs a plain number, and ${part} has a unit`, {
    hint: 'divide by a unit, for example (energy / 1 mJ)',
  });
}

function mismatch(parts: readonly MathNode[], dimensions: readonly Dimension[], text: string): TrifoldError {
  const bare = dimensions.findIndex((dimension, i) => isSame(dimension, PLAIN) && !hasVariables(parts[i]!));
  if (bare < 0)
    return new TrifoldError(
      'unit',
      `'${text}': ${parts[0]} is in ${unitText(dimensions[0]!)}, ${parts[1]} in ${unitText(dimensions[1]!)}`,
      { hint: 'give both the same unit, or divide each by its unit, for example energy / 1 mJ + latency / 1 ms' },
    );
  const units = READINGS[String(dimensions[1 - bare])] ?? [unitText(dimensions[1 - bare]!)];
  const readings = units.map((unit) => `'${parts[bare]} ${unit}'`);
  return new TrifoldError('unit', `'${text}': ${parts[bare]} has no unit beside ${parts[1 - bare]}`, {
    hint: `is it ${readings.slice(0, -1).join(', ')}${readings.length > 1 ? ' or ' : ''}${readings.at(-1)}?`,
  });
}

/** Units that a number without one is taken for, by dimension. */
const READINGS: Readonly<Record<string, readonly string[]>> = {
  [String(VARIABLES.energy)]: ['pJ', 'mJ', 'J'],
  [String(VARIABLES.latency)]: ['cycles', 'ms', 's'],
  [String(VARIABLES.edp)]: ['pJ * cycles', 'J * s'],
  [String(VARIABLES.power)]: ['mW', 'W'],
  [String(VARIABLES.area)]: ['mm^2', 'um^2'],
};

function isZero(node: MathNode): boolean {
  return node.type === 'ConstantNode' && 'value' in node && Number(node.value) === 0;
}

function isSame(a: Dimension, b: Dimension): boolean {
  return a.every((power, i) => power === b[i]);
}

function joined(a: Dimension, b: Dimension, sign: 1 | -1): Dimension {
  return [a[0] + sign * b[0], a[1] + sign * b[1], a[2] + sign * b[2]];
}

function scaled([joules, seconds, metres]: Dimension, by: number): Dimension {
  return [joules * by, seconds * by, metres * by];
}

function unitText(dimension: Dimension): string {
  const parts = dimension.flatMap((power, i) => (power === 0 ? [] : [`${'Jsm'[i]}${power === 1 ? '' : `^${power}`}`]));
  return parts.length === 0 ? 'a plain number' : parts.join(' * ');
}
