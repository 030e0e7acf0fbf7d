import type { MathNode } from 'mathjs';

/** Quantities that objectives and limits may name, all positive: SI units (J, s, J*s, W, mm^2 counted as m^2) and plain cycles. */
export const EXPRESSION_VARIABLES = ['energy', 'latency', 'edp', 'power', 'cycles', 'area'] as const;

/** One named quantity. */
type ExpressionVariable = (typeof EXPRESSION_VARIABLES)[number];

/** Values of all quantities in SI units (area in m^2). */
export type ExpressionValues = Readonly<Record<ExpressionVariable, number>>;

/** Arguments of an operator or a function; none of any other node. */
export function argumentsOf(node: MathNode): MathNode[] {
  // mathjs declares `args` only on some node classes; the two kinds that have it are checked here.
  return 'args' in node && Array.isArray(node.args) ? (node.args as MathNode[]) : [];
}

/** Sign of an operator; empty for any other node. */
export function operatorOf(node: MathNode): string {
  return 'op' in node ? String(node.op) : '';
}

/** Name of a symbol; empty for any other node. */
export function symbolName(node: MathNode): string {
  return 'name' in node ? String(node.name) : '';
}

/** Name of a called function; empty for any other node. */
export function functionName(node: MathNode): string {
  return 'fn' in node && typeof node.fn === 'object' && node.fn !== null && 'name' in node.fn
    ? String(node.fn.name)
    : '';
}

/** Whether a prepared expression names a quantity anywhere. */
export function hasVariables(node: MathNode): boolean {
  return node.filter((inner, path) => inner.type === 'SymbolNode' && path !== 'fn').length > 0;
}
