import { shapeText } from '../messages/tensor-message.ts';
import type { OperatorTable, Rule } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';

/** An equation with its ellipses written out: one label per dim, `0`, `1`, ... for the dims of an ellipsis. */
export interface EinsumEquation {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

const MOST_LETTERS = 4096;

/**
 * Parses the equation of an Einsum for operands of these dims. Without `->` the output has the labels that come once, in alphabetical order.
 * @throws TrifoldError `value` when labels and dims do not fit
 */
function parseEinsum(node: RuleNode, equation: string, shapes: readonly (readonly number[])[]): EinsumEquation {
  node.check(equation.length <= MOST_LETTERS, () => `wants an equation of at most ${MOST_LETTERS} letters`);
  const [left, right, ...more] = equation.replace(/\s/g, '').split('->');
  const terms = left!.split(',');
  node.check(
    more.length === 0 && terms.length === shapes.length,
    () => `wants one term per input in "${equation}", found ${terms.length} for ${shapes.length} inputs`,
  );
  const sizes = new Map<string, number>();
  const operands = terms.map((term, index) => {
    const dims = shapes[index]!;
    const labels = labelsOf(node, term, dims.length);
    node.check(
      labels.length === dims.length,
      () => `wants ${labels.length} dims for the term "${term}", found ${shapeText(dims)}`,
    );
    labels.forEach((label, axis) => {
      const before = sizes.get(label) ?? 1;
      const size = dims[axis]!;
      if (before !== 1 && size !== 1 && before !== size)
        throw node.error(`wants one size of "${label}" in "${equation}", found ${before} and ${size}`);
      sizes.set(label, before === 1 ? size : before);
    });
    return labels;
  });
  const rankOfEllipsis = operands.reduce((most, labels) => Math.max(most, labels.filter(isOfEllipsis).length), 0);
  const output =
    right === undefined
      ? implicitOutput(operands, rankOfEllipsis)
      : labelsOf(node, right, rankOfEllipsis + right.replace('...', '').length);
  for (const label of output)
    if (!sizes.has(label)) throw node.error(`wants output labels of its inputs in "${equation}", found "${label}"`);
  node.check(new Set(output).size === output.length, () => `wants each output label once in "${equation}"`);
  return { operands, output, sizes };
}

const isOfEllipsis = (label: string) => /^\d/.test(label);

/** The labels of a term; dims of an ellipsis are numbered from the back, as they broadcast. */
function labelsOf(node: RuleNode, term: string, rank: number): string[] {
  if (!/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term))
    throw node.error(`wants letters and one "..." in a term, found "${term}"`);
  const [before, after] = term.split('...');
  if (after === undefined) return [...before!];
  const count = rank - before!.length - after.length;
  node.check(
    count >= 0,
    () => `wants at least ${before!.length + after.length} dims for the term "${term}", found ${rank}`,
  );
  return [...before!, ...Array.from({ length: count }, (_, index) => String(count - 1 - index)), ...after];
}

function implicitOutput(operands: readonly (readonly string[])[], rankOfEllipsis: number): string[] {
  const counts = new Map<string, number>();
  for (const label of operands.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const once = [...counts].filter(([label, count]) => count === 1 && !isOfEllipsis(label)).map(([label]) => label);
  return [...Array.from({ length: rankOfEllipsis }, (_, index) => String(rankOfEllipsis - 1 - index)), ...once.sort()];
}

/** The equation of an Einsum node. */
export function einsumEquation(node: RuleNode): EinsumEquation {
  const shapes = node.inputs.map((_, index) => node.dims(index));
  return parseEinsum(node, node.text('equation', ''), shapes);
}

const einsum: Rule = (node) => {
  const { output, sizes } = einsumEquation(node);
  return [{ dims: output.map((label) => sizes.get(label)!), elementType: typeOf(node, 0, 1) }];
};

/** Einsum. */
export const EINSUM: OperatorTable = [['Einsum', 'mac', einsum]];
