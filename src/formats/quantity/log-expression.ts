import type { MathNode } from 'mathjs';
import { argumentsOf, functionName, hasVariables, operatorOf, symbolName } from './expression-nodes.ts';
import type { ExpressionValues } from './expression-units.ts';

/** Natural logarithm of an expression's value. */
export type LogValue = (values: ExpressionValues) => number;

/** The logarithm of an expression, found without its value. */
export interface LogExpression {
  readonly value: LogValue;
  /** Of the expression and of everything in it. */
  readonly parts: readonly LogValue[];
}

/**
 * The logarithm of an expression that is positive because of how it is made up (products, quotients, powers, sums, roots of positive quantities); null for
 * any other. `energy^60 * latency` lies far below the least double, its logarithm does not.
 */
export function logarithmOf(node: MathNode): LogExpression | null {
  const parts: LogValue[] = [];
  const visit = (one: MathNode): LogValue | null => {
    const value = logOf(one, visit);
    if (value !== null) parts.push(value);
    return value;
  };
  const value = visit(node);
  return value === null ? null : { value, parts };
}

/** Figures between which those of all layers lie: far beyond what accelerators take. */
const EXTREMES: readonly ExpressionValues[] = [1e-15, 1e6].flatMap((energy) =>
  [1e-10, 1e6].flatMap((latency) =>
    [1e-10, 1].map((area) => ({
      energy,
      latency,
      edp: energy * latency,
      power: energy / latency,
      cycles: latency * 1e10,
      area,
    })),
  ),
);

/** Logarithm whose number is still far from the largest double, as its opposite is from the smallest. */
const MOST_LOG = 600;

/** Whether an expression, or a part of it, can be too large or too small for a double. */
export function leavesRange({ parts }: LogExpression): boolean {
  return parts.some((part) =>
    EXTREMES.some((values) => {
      const log = part(values);
      return Number.isFinite(log) && Math.abs(log) > MOST_LOG;
    }),
  );
}

function logOf(node: MathNode, visit: (inner: MathNode) => LogValue | null): LogValue | null {
  if (node.type === 'ParenthesisNode' && 'content' in node) return visit(node.content as MathNode);
  if (node.type === 'ConstantNode' && 'value' in node) {
    const constant = Number(node.value);
    return constant >= 0 ? () => Math.log(constant) : null;
  }
  if (node.type === 'SymbolNode') {
    const name = symbolName(node) as keyof ExpressionValues;
    return (values) => Math.log(values[name]);
  }
  const inner = argumentsOf(node);
  if (node.type === 'FunctionNode') return functionLog(node, inner, visit);
  const operator = operatorOf(node);
  const [base, exponent] = inner;
  if (operator === '^' && exponent !== undefined) {
    if (hasVariables(exponent)) return null;
    const power = Number(exponent.evaluate());
    const own = visit(base!);
    return own === null ? null : (values) => power * own(values);
  }
  if (operator === '-') return null;
  const [a, b] = inner.map((one) => visit(one));
  if (a === undefined || a === null || b === null) return null;
  if (b === undefined) return operator === '+' ? a : null;
  if (operator === '*') return (values) => a(values) + b(values);
  if (operator === '/') return (values) => a(values) - b(values);
  return operator === '+' ? (values) => logSum(a(values), b(values)) : null;
}

function functionLog(
  node: MathNode,
  inner: readonly MathNode[],
  visit: (inner: MathNode) => LogValue | null,
): LogValue | null {
  const name = functionName(node);
  if (name === 'log') return null;
  if (name === 'exp') {
    const exponent = inner[0]!.compile();
    return (values) => Number(exponent.evaluate({ ...values }));
  }
  const logs = inner.map((one) => visit(one));
  if (logs.some((log) => log === null)) return null;
  const all = (values: ExpressionValues) => logs.map((log) => log!(values));
  if (name === 'sqrt') return (values) => all(values)[0]! / 2;
  return name === 'max' ? (values) => Math.max(...all(values)) : (values) => Math.min(...all(values));
}

/** ln(e^a + e^b). */
function logSum(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}
