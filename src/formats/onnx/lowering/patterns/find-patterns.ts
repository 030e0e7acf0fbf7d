import { product } from '../../../../util/integers.ts';
import type { ActivationFunction } from '../../../../workload/graph/vector-operation.ts';
import {
  type InferredModel,
  type InferredNode,
  type InferredTensor,
  isConstant,
} from '../../inference/inferred-model.ts';
import { WRITTEN_FUNCTIONS } from './activations.ts';
import type { Expression, Found, Uses } from './matcher.ts';
import { WRITTEN_NORMALIZATIONS } from './normalizations.ts';
import { WRITTEN_ROTARY } from './rotary.ts';

/** Nodes that together are one operator. */
export interface Pattern {
  readonly operation:
    | { readonly kind: 'activation'; readonly function: ActivationFunction }
    /** `group`: words that are normalised together. */
    | { readonly kind: 'layer-norm' | 'rms-norm' | 'softmax'; readonly group: number }
    | { readonly kind: 'rotary' };
  readonly input: InferredTensor;
  /** Other tensors that it reads, constant or not. */
  readonly others: readonly InferredTensor[];
}

/** Patterns by the node that gives their result; null for the other nodes of one. */
export type Patterns = ReadonlyMap<InferredNode, Pattern | null>;

/** Finds operators that are written out as several nodes, whose inner results nobody else reads. */
export function findPatterns(model: InferredModel, uses: Uses): Patterns {
  const patterns = new Map<InferredNode, Pattern | null>();
  // From the last to the first, so that the longest of several that overlap is found.
  for (const node of model.nodes.toReversed()) {
    if (patterns.has(node) || !ROOTS.has(node.opType) || node.domain !== '') continue;
    const output = node.outputs[0];
    if (output?.dims === undefined || isConstant(output)) continue;
    const match = matchAt(node, output, uses, patterns);
    if (match === null) continue;
    for (const inner of match.nodes) patterns.set(inner, null);
    patterns.set(node, match.pattern);
  }
  return patterns;
}

interface Match {
  readonly pattern: Pattern;
  readonly nodes: readonly InferredNode[];
}

const ROOTS: ReadonlySet<string> = new Set(['Add', 'Mul', 'Div']);

function matchAt(node: InferredNode, output: InferredTensor, uses: Uses, taken: Patterns): Match | null {
  const matched = (expression: Expression): Found | null =>
    expression(output, uses, { bound: new Map(), nodes: [] }, (found) =>
      isClosed(found, node, uses) && !found.nodes.some((one) => taken.has(one)) ? found : null,
    );
  const { opType } = node;
  for (const { kind, root, expression } of WRITTEN_NORMALIZATIONS) {
    if (!root.includes(opType)) continue;
    const found = matched(expression);
    const group = found === null ? null : groupOf(found);
    if (found !== null && group !== null) return made(found, { kind, group }, output);
  }
  for (const { function: written, root, expression } of WRITTEN_FUNCTIONS) {
    if (!root.includes(opType)) continue;
    const found = matched(expression);
    if (found !== null) return made(found, { kind: 'activation', function: written }, output);
  }
  const found = opType === 'Add' ? matched(WRITTEN_ROTARY) : null;
  return found === null ? null : made(found, { kind: 'rotary' }, output);
}

function made(found: Found, operation: Pattern['operation'], output: InferredTensor): Match | null {
  const input = found.bound.get('x')!;
  if (input.dims === undefined || product(input.dims) !== product(output.dims!)) return null;
  const others = ['scale', 'offset', 'cos', 'sin'].flatMap((name) => found.bound.get(name) ?? []);
  return { pattern: { operation, input, others }, nodes: found.nodes };
}

/** Words that are reduced to one; all reductions of a pattern must agree. */
function groupOf({ nodes }: Found): number | null {
  const groups = nodes
    .filter(({ opType }) => opType.startsWith('Reduce'))
    .map(({ inputs, outputs }) => product(inputs[0]?.dims ?? []) / product(outputs[0]?.dims ?? [1]));
  const [first] = groups;
  return first !== undefined && groups.every((group) => group === first) ? first : null;
}

/** Whether nobody else reads what the nodes before the last make; casts of it may be read by all that are in it too. */
function isClosed({ nodes }: Found, last: InferredNode, uses: Uses): boolean {
  const all = new Set(nodes);
  return nodes.every((node) => node === last || uses.isInside(node, all));
}
