import type { TestGraph, TestNode } from './encode.ts';

/** A node. */
export const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  rest: Partial<TestNode> = {},
): TestNode => ({
  op,
  inputs,
  outputs,
  ...rest,
});
/** The input of small graphs. */
export const x = { name: 'x', dims: [2, 3] };
/** A model of these nodes that reads `x`. */
export const graphOf = (nodes: readonly TestNode[], rest: Partial<TestGraph> = {}) => ({
  graph: { inputs: [x], nodes, ...rest },
});
