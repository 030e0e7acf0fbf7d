import type { InferredModel, InferredNode } from '../inference/inferred-model.ts';

/** The nodes that an output of the model needs; all where it states none. */
export function liveNodes({ nodes, outputs, assumedBranches }: InferredModel): readonly InferredNode[] {
  if (outputs.length === 0) return nodes;
  const needed = new Set(outputs.map(({ name }) => name));
  for (const { condition } of assumedBranches) needed.add(condition);
  const live: InferredNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => output !== undefined && needed.has(output.name))) continue;
    live.push(node);
    for (const input of node.inputs) if (input !== undefined) needed.add(input.name);
    for (const { name } of node.captured) needed.add(name);
  }
  return live.reverse();
}
