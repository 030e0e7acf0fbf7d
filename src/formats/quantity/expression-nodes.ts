import type { MathNode } from 'mathjs';

/** The operands of an operator or the arguments of a function; empty for other nodes. */
export function argumentsOf(node: MathNode): MathNode[] {
  // mathjs declares `args` only on some node classes; the two kinds that have it are checked here.
  return 'args' in node && Array.isArray(node.args) ? (node.args as MathNode[]) : [];
}

/** The sign of an operator; empty for other nodes. */
export function operatorOf(node: MathNode): string {
  return 'op' in node ? String(node.op) : '';
}

/** Whether a node is one of `<`, `<=`, `>`, `>=`. */
export function isComparison(node: MathNode): boolean {
  return ['<', '<=', '>', '>='].includes(operatorOf(node));
}

/** The name of a symbol; empty for other nodes. */
export function symbolName(node: MathNode): string {
  return 'name' in node ? String(node.name) : '';
}

/** The name of the function that is called; empty for other nodes. */
export function functionName(node: MathNode): string {
  return 'fn' in node && typeof node.fn === 'object' && node.fn !== null && 'name' in node.fn
    ? String(node.fn.name)
    : '';
}

/** Whether an expression names a quantity anywhere, or a unit where these are not turned into numbers yet. */
export function hasVariables(node: MathNode): boolean {
  return node.filter((inner, path) => inner.type === 'SymbolNode' && path !== 'fn').length > 0;
}
