import { quoted } from '../messages/tensor-message.ts';
import { graphError, nodeText } from './graph-error.ts';
import type { GraphNode } from './graph-node.ts';

/**
 * The nodes so that each comes after the makers of its inputs; those of a file in order stay as they are. Linear in nodes and names.
 * @param given tensors that no node makes: inputs and initializers
 * @throws TrifoldError `value` on two makers of a tensor, an input that nothing makes, and a cycle
 */
export function topologicalOrder(
  nodes: readonly GraphNode[],
  given: ReadonlyMap<string, string>,
  file: string,
): readonly GraphNode[] {
  const makers = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const output of node.outputs) {
      if (output === '') continue;
      const other = makers.get(output);
      const before = other === undefined ? given.get(output) : nodeText(nodes[other]!);
      if (before !== undefined)
        throw graphError(file, `${nodeText(node)} makes the tensor ${quoted(output)}, which ${before} makes too`);
      makers.set(output, index);
    }
  });
  let isInOrder = true;
  const needs = nodes.map((node, index) => {
    const found = new Set<number>();
    for (const input of [...node.inputs, ...node.captured]) {
      if (input === '') continue;
      const maker = makers.get(input);
      if (maker === undefined) {
        if (given.has(input)) continue;
        throw graphError(file, `${nodeText(node)} wants the tensor ${quoted(input)}, which nothing makes`);
      }
      if (maker >= index) isInOrder = false;
      found.add(maker);
    }
    return found;
  });
  return isInOrder ? nodes : sorted(nodes, needs, file);
}

/** Kahn's algorithm; of nodes that are ready, the first to become so comes first. */
function sorted(
  nodes: readonly GraphNode[],
  needs: readonly ReadonlySet<number>[],
  file: string,
): readonly GraphNode[] {
  const users: number[][] = nodes.map(() => []);
  const open = needs.map((found, index) => {
    for (const maker of found) users[maker]!.push(index);
    return found.size;
  });
  const order = nodes.flatMap((_, index) => (open[index] === 0 ? [index] : []));
  for (let next = 0; next < order.length; next++)
    for (const user of users[order[next]!]!) if (--open[user]! === 0) order.push(user);
  if (order.length < nodes.length) throw cycleError(nodes, needs, open, file);
  return order.map((index) => nodes[index]!);
}

/** Walks from a node that never became ready to makers that did not either, until one comes again. */
function cycleError(
  nodes: readonly GraphNode[],
  needs: readonly ReadonlySet<number>[],
  open: readonly number[],
  file: string,
) {
  const at = new Map<number, number>();
  const path: number[] = [];
  let index = open.findIndex((count) => count > 0);
  while (!at.has(index)) {
    at.set(index, path.length);
    path.push(index);
    index = [...needs[index]!].find((maker) => open[maker]! > 0)!;
  }
  const cycle = path.slice(at.get(index)).reverse();
  const shown = cycle.slice(0, 6).map((one) => nodes[one]!.name);
  const text = [...shown, ...(cycle.length > shown.length ? ['...'] : []), shown[0]].join(' -> ');
  return graphError(file, `${nodeText(nodes[cycle[0]!]!)} lies on a cycle of ${cycle.length} nodes: ${text}`);
}
