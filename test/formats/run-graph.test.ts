import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { graphSchema } from '../../src/formats/run/graph.ts';

const operator = (output: number) => ({
  ...{ name: `o${output}`, kind: 'view', view: 'reshape', repeat: 1, inputs: [output - 1], output },
});
const tensor = (index: number) => ({ name: `t${index}`, sizes: [1, 1, 1, 1], form: 'vector', wordBits: 8 });

/** Whether a graph of five views with these blocks is accepted. */
function isAccepted(...blocks: readonly (readonly [first: number, end: number])[]): boolean {
  const graph = {
    tensors: [0, 1, 2, 3, 4, 5].map(tensor),
    operators: [1, 2, 3, 4, 5].map(operator),
    blocks: blocks.map(([first, end], i) => ({ name: `b${i}`, repeat: 3, first, end, input: first, output: end })),
    inputs: [0],
    outputs: [5],
  };
  return graphSchema(z.unknown()).safeParse(graph).success;
}

describe('graphs of run files', () => {
  // Killed by: a depth that is not looked at (whoever walks the runs of n blocks in each other meets 3^n), blocks that overlap or stand in no order.
  it('have blocks in each other, at most two', () => {
    expect(isAccepted()).toBe(true);
    expect(isAccepted([0, 5])).toBe(true);
    expect(isAccepted([0, 2], [2, 5])).toBe(true);
    expect(isAccepted([0, 5], [0, 1], [1, 5])).toBe(true);
    expect(isAccepted([0, 5], [0, 5])).toBe(true);
    expect(isAccepted([0, 3], [1, 2], [3, 5], [4, 5])).toBe(true);
    expect(isAccepted([0, 5], [0, 5], [0, 5])).toBe(false);
    expect(isAccepted([0, 5], [1, 4], [2, 3])).toBe(false);
    expect(isAccepted([0, 3], [2, 5])).toBe(false);
    expect(isAccepted([1, 2], [0, 5])).toBe(false);
    expect(isAccepted([0, 6])).toBe(false);
    expect(isAccepted([3, 2])).toBe(false);
  });
});
