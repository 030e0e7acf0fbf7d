import type { MathJsInstance, MathNode } from 'mathjs';
import { TrifoldError } from '../../util/errors.ts';
import { argumentsOf, functionName, hasVariables, isComparison, operatorOf, symbolName } from './expression-nodes.ts';
import {
  EXPRESSION_VARIABLES,
  type ExpressionValues,
  isVariable,
  unitFactor,
  withCheckedUnits,
} from './expression-units.ts';
import { leavesRange, logarithmOf } from './log-expression.ts';
import { newMathjs } from './mathjs.ts';

/** How an expression changes when energy or latency grow and nothing else does; `unknown` = not proven. */
export type Direction = 'constant' | 'increasing' | 'decreasing' | 'unknown';

/** A user-written objective such as `energy * latency^2`. */
export interface CompiledObjective {
  readonly text: string;
  /** The objective, or its natural logarithm. */
  readonly value: (values: ExpressionValues) => number;
  /** Whether the value is the logarithm, because the objective itself may leave the range of doubles. */
  readonly isLogarithm: boolean;
  /** Whether it provably never decreases when energy or latency grow: what the exact search needs. */
  readonly monotone: boolean;
}

/** A user-written limit such as `latency < 2 ms`. */
export interface CompiledLimit {
  readonly text: string;
  readonly holds: (values: ExpressionValues) => boolean;
  /** Whether breaking it provably stays broken when energy or latency grow. */
  readonly monotone: boolean;
}

const FUNCTIONS: Readonly<Record<string, Direction>> = {
  sqrt: 'increasing',
  log: 'increasing',
  exp: 'increasing',
  max: 'increasing',
  min: 'increasing',
};

/**
 * Compiles an objective to minimize.
 * @throws TrifoldError `syntax` for text that is no expression, `value` for unknown names or functions, a division by zero or a part that
 * leaves the range of doubles, `unit` for sums of different units, `usage` for a comparison or a constant
 */
export function compileObjective(text: string): CompiledObjective {
  const node = prepare(text);
  if (node.type === 'OperatorNode' && isComparison(node))
    throw new TrifoldError('usage', `the objective '${text}' is a comparison`, { hint: 'limits go to --subject-to' });
  const { direction } = directionOf(node);
  if (direction === 'constant')
    throw new TrifoldError('usage', `the objective '${text}' is the same for all mappings`, {
      hint: "it must depend on energy or latency, for example 'energy * latency^2'",
    });
  const monotone = direction === 'increasing';
  const logarithm = logarithmOf(node);
  if (logarithm !== null && leavesRange(logarithm))
    return { text, monotone, isLogarithm: true, value: logarithm.value };
  if (logarithm === null) refuseOutOfRange(node, text);
  const compiled = node.compile();
  return { text, monotone, isLogarithm: false, value: (values) => numberOf(() => compiled.evaluate({ ...values })) };
}

/**
 * Compiles a limit: two expressions and one of `<`, `<=`, `>`, `>=`; several may be joined by `and`.
 * @throws TrifoldError `syntax`, `value`, `usage`, or `unit` for sides that cannot be compared
 */
export function compileLimit(text: string): CompiledLimit {
  const node = prepare(text);
  const monotone = isUpperLimit(node, text);
  const compiled = node.compile();
  return { text, holds: (values) => compiled.evaluate({ ...values }) === true, monotone };
}

function isUpperLimit(node: MathNode, text: string): boolean {
  const [left, right] = argumentsOf(node);
  const operator = node.type === 'OperatorNode' ? operatorOf(node) : '';
  if (left === undefined || right === undefined || !(operator === 'and' || isComparison(node)))
    throw new TrifoldError('usage', `the limit '${text}' is not a comparison`, {
      hint: "for example 'latency < 2 ms'",
    });
  if (operator === 'and') {
    const [first, second] = [isUpperLimit(left, text), isUpperLimit(right, text)];
    return first && second;
  }
  if (![left, right].some(hasVariables))
    throw new TrifoldError('usage', `the limit '${text}' names no figure`, {
      hint: `names: ${EXPRESSION_VARIABLES.join(', ')}`,
    });
  if (growAlike(left, right))
    throw new TrifoldError('usage', `the limit '${text}' holds for all mappings or for none: both sides grow alike`, {
      hint: "compare a figure with a value of its unit, for example 'latency < 2 ms'",
    });
  const [small, large] = operator.startsWith('<') ? [left, right] : [right, left];
  return (
    ['constant', 'increasing'].includes(directionOf(small).direction) &&
    ['constant', 'decreasing'].includes(directionOf(large).direction)
  );
}

/** Figures of made-up mappings: their energies and latencies differ in no common proportion. */
const PROBES: readonly ExpressionValues[] = [
  [1, 1],
  [2, 1],
  [1, 3],
  [5, 7],
].map(([energy = 1, latency = 1]) => ({
  energy,
  latency,
  edp: energy * latency,
  power: energy / latency,
  cycles: latency * 1e9,
  area: 1e-6,
}));

/** Whether both sides name a figure and keep one ratio, as in `energy < 2 * energy`. */
function growAlike(left: MathNode, right: MathNode): boolean {
  if (![left, right].every(namesMapped)) return false;
  const ratios = PROBES.map((values) => numberOf(() => left.evaluate({ ...values }) / right.evaluate({ ...values })));
  return ratios.every((ratio) => Math.abs(ratio / ratios[0]! - 1) < 1e-9);
}

function namesMapped(node: MathNode): boolean {
  return node.filter((one) => isVariable(symbolName(one)) && symbolName(one) !== 'area').length > 0;
}

const ARITHMETIC: readonly string[] = ['+', '-', '*', '/', '^'];

let loaded: MathJsInstance | undefined;

function mathjs(): MathJsInstance {
  loaded ??= newMathjs();
  return loaded;
}

/** Parses, checks every name and turns units into SI factors. */
function prepare(text: string): MathNode {
  if (text.length > 300) throw new TrifoldError('syntax', 'an expression has at most 300 characters');
  let tree: MathNode;
  try {
    tree = mathjs().parse(text);
  } catch (error) {
    throw new TrifoldError(
      'syntax',
      `'${text}' is no expression: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: `names: ${EXPRESSION_VARIABLES.join(', ')}; for example 'energy * latency^2'`,
      },
    );
  }
  // mathjs reads a constant without a value from blanks and comments.
  if (text.replace(/#.*/, '').trim() === '') throw notAllowed('an empty expression', text);
  const prepared = withCheckedUnits(tree, text).transform((node, path, parent) => {
    if (node.type === 'OperatorNode' || node.type === 'ParenthesisNode' || isNumeral(node)) return node;
    if (node.type === 'FunctionNode') {
      const name = functionName(node);
      if (Object.hasOwn(FUNCTIONS, name)) return node;
      throw new TrifoldError('value', `'${text}': no function ${name}`, {
        hint: `functions: ${Object.keys(FUNCTIONS).join(', ')}`,
      });
    }
    if (node.type === 'SymbolNode') {
      const name = symbolName(node);
      if (parent?.type === 'FunctionNode' && path === 'fn') return node;
      if (isVariable(name)) return node;
      return new (mathjs().ConstantNode)(unitFactor(name, text));
    }
    throw notAllowed(node.type === 'AssignmentNode' ? '=' : node.toString(), text);
  });
  refuseOperators(prepared, text, true);
  prepared.traverse((node) => refuseZeroDivision(node, text));
  return prepared;
}

function isNumeral(node: MathNode): boolean {
  return node.type === 'ConstantNode' && 'value' in node && typeof node.value === 'number';
}

function notAllowed(what: string, text: string): TrifoldError {
  return new TrifoldError('syntax', `'${text}': ${what} is not allowed here`, {
    hint: "objectives are like 'energy * latency^2', limits like 'latency <= 2 ms'",
  });
}

/** Refuses operators other than those of arithmetic, and comparisons within arithmetic: nothing is known of how these grow. */
function refuseOperators(node: MathNode, text: string, isWhole: boolean): void {
  const operator = operatorOf(node);
  const isLogical = operator === 'and' || isComparison(node);
  if (operator !== '' && !(isLogical ? isWhole : ARITHMETIC.includes(operator)))
    throw notAllowed(node.toString(), text);
  const areWhole = isWhole && (operator === 'and' || node.type === 'ParenthesisNode');
  node.forEach((part) => {
    refuseOperators(part, text, areWhole);
  });
}

/** What mathjs makes of an expression; NaN where it is no real number, on which some functions throw. */
function numberOf(evaluate: () => unknown): number {
  try {
    const value = evaluate();
    return typeof value === 'number' ? value : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

function refuseZeroDivision(node: MathNode, text: string): void {
  const isArithmetic = ARITHMETIC.includes(operatorOf(node)) || node.type === 'FunctionNode';
  if (!isArithmetic) return;
  const divisor = operatorOf(node) === '/' ? argumentsOf(node)[1] : undefined;
  if (divisor !== undefined && !hasVariables(divisor) && numberOf(() => divisor.evaluate()) === 0)
    throw new TrifoldError('value', `'${text}' divides by zero: ${node.toString()}`);
  if (!hasVariables(node) && !Number.isFinite(numberOf(() => node.evaluate())))
    throw new TrifoldError('value', `'${text}': ${node.toString()} is no finite number`);
}

/** Where the whole has no logarithm, a part that leaves the range of doubles would be lost. */
function refuseOutOfRange(node: MathNode, text: string): void {
  node.traverse((inner) => {
    const logarithm = inner.type === 'ConstantNode' ? null : logarithmOf(inner);
    if (logarithm !== null && leavesRange(logarithm))
      throw new TrifoldError('value', `'${text}': ${inner.toString()} leaves the range of numbers (1e-308 to 1e308)`, {
        hint: 'minimize a logarithm instead, for example 60 * log(energy) + log(latency)',
      });
  });
}

interface Behaviour {
  readonly direction: Direction;
  /** Whether the value is provably never negative. */
  readonly nonNegative: boolean;
}

const OPPOSITE: Readonly<Record<Direction, Direction>> = {
  constant: 'constant',
  increasing: 'decreasing',
  decreasing: 'increasing',
  unknown: 'unknown',
};

/** power = energy / latency is not monotone; edp, energy, latency, cycles are; area does not depend on the mapping. */
function directionOf(node: MathNode): Behaviour {
  const parts = argumentsOf(node);
  if (node.type === 'ParenthesisNode' && 'content' in node) return directionOf(node.content as MathNode);
  if (node.type === 'ConstantNode' && 'value' in node)
    return { direction: 'constant', nonNegative: Number(node.value) >= 0 };
  if (node.type === 'SymbolNode') {
    const name = symbolName(node);
    const direction = name === 'area' ? 'constant' : name === 'power' ? 'unknown' : 'increasing';
    return { direction, nonNegative: true };
  }
  const children = parts.map(directionOf);
  if (node.type === 'FunctionNode') {
    const name = functionName(node);
    const defined = (name !== 'sqrt' && name !== 'log') || children.every((child) => child.nonNegative);
    return {
      direction: defined ? join(children.map((child) => child.direction)) : 'unknown',
      nonNegative: name === 'exp' || name === 'sqrt',
    };
  }
  const [a, b] = children;
  if (a === undefined) return { direction: 'unknown', nonNegative: false };
  if (b === undefined) return operatorOf(node) === '-' ? { direction: OPPOSITE[a.direction], nonNegative: false } : a;
  switch (operatorOf(node)) {
    case '+':
      return { direction: join([a.direction, b.direction]), nonNegative: a.nonNegative && b.nonNegative };
    case '-':
      return { direction: join([a.direction, OPPOSITE[b.direction]]), nonNegative: false };
    case '*':
      if (parts.some(isNought)) return { direction: 'constant', nonNegative: true };
      if (a.direction === 'constant' && a.nonNegative) return b;
      if (b.direction === 'constant' && b.nonNegative) return a;
      return a.nonNegative && b.nonNegative
        ? { direction: join([a.direction, b.direction]), nonNegative: true }
        : {
            direction: a.direction === 'constant' && b.direction === 'constant' ? 'constant' : 'unknown',
            nonNegative: false,
          };
    case '/':
      if (isNought(parts[0]!)) return { direction: 'constant', nonNegative: true };
      if (b.direction === 'constant' && b.nonNegative) return a;
      return a.nonNegative && b.nonNegative
        ? { direction: join([a.direction, OPPOSITE[b.direction]]), nonNegative: true }
        : { direction: 'unknown', nonNegative: false };
    case '^':
      if (isNought(parts[1]!)) return { direction: 'constant', nonNegative: true };
      return a.nonNegative && b.direction === 'constant'
        ? { direction: b.nonNegative ? a.direction : 'unknown', nonNegative: true }
        : { direction: 'unknown', nonNegative: false };
    default:
      return { direction: 'unknown', nonNegative: false };
  }
}

/** A part that is zero, also one too small for a double: what it multiplies has no effect. */
function isNought(node: MathNode): boolean {
  return !hasVariables(node) && numberOf(() => node.evaluate()) === 0;
}

function join(directions: readonly Direction[]): Direction {
  const moving = directions.filter((direction) => direction !== 'constant');
  const first = moving[0];
  if (first === undefined) return 'constant';
  return moving.every((direction) => direction === first) ? first : 'unknown';
}
