import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkVectorDemands, vectorCost } from '../../../src/cost/vector-cost.ts';
import { type FusionOptions, vectorDemands } from '../../../src/workload/graph/fusion.ts';
import type { Graph } from '../../../src/workload/graph/graph.ts';
import type { Network } from '../../../src/workload/network.ts';
import { networkMacs, operatorParameters } from '../../../src/workload/network.ts';
import { type Entry, networkOf, RUNS, randomWorkload, unrolled } from './workload-entries.ts';

/** Words and work of all operators by kind and whether they are fused, repeats counted. */
function sums({ graph }: Network & { readonly graph: Graph }, options: FusionOptions = {}): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const { kind, isFused, repeat, wordsIn, wordsOut, work } of vectorDemands(graph, options)) {
    const key = `${kind} ${isFused}`;
    found[key] ??= [0, 0, 0, 0, 0];
    const sum = found[key];
    for (const [i, count] of [1, wordsIn, wordsOut, work.simple, work.special].entries()) sum[i]! += repeat * count;
  }
  return found;
}

describe('repeated blocks', () => {
  // Killed by: repeats of nested or single operators left out, fusion that looks at the border of a block as if nobody stood behind it, or as if
  // all runs were its first or last.
  it('demand what their copies demand, written out', () => {
    let repeated = 0;
    let split = 0;
    fc.assert(
      fc.property(randomWorkload(), fc.boolean(), (workload, joinsOperands) => {
        const [once, copies] = [networkOf(workload), networkOf(unrolled(workload))];
        expect(sums(once, { joinsOperands })).toEqual(sums(copies, { joinsOperands }));
        expect(networkMacs(once)).toBe(networkMacs(copies));
        expect(operatorParameters(once)).toBe(operatorParameters(copies));
        if (copies.graph.operators.length === once.graph.operators.length) return;
        repeated++;
        const demands = vectorDemands(once.graph);
        if (new Set(demands.map(({ name }) => name)).size < demands.length) split++;
      }),
      { ...RUNS, numRuns: 80 },
    );
    expect(repeated).toBeGreaterThan(20);
    expect(split).toBeGreaterThan(1);
  });

  it('fuse at their borders what their copies fuse', () => {
    const swish = { kind: 'activation', function: 'silu' };
    const network = (inner: readonly Entry[], ...after: readonly Entry[]) =>
      networkOf({ input: [4, 3, 3], layers: [{ name: 'b', kind: 'block', repeat: 5, layers: inner }, ...after] });
    const fusedRuns = (built: ReturnType<typeof network>) =>
      vectorDemands(built.graph).map(({ name, isFused, repeat }) => `${name} ${repeat} ${isFused}`);
    const layer = { name: 'layer', kind: 'pointwise', out: 4 };
    // The first run reads the input of the network.
    expect(fusedRuns(network([{ name: 'first', ...swish }, layer]))).toEqual(['b.first 1 false', 'b.first 4 true']);
    expect(fusedRuns(network([layer], { name: 'after', ...swish }))).toEqual(['after 1 true']);
    // Only what flows out of the last run has a second reader.
    const add = { name: 'add', kind: 'add', from: ['after', 'b'] };
    expect(fusedRuns(network([{ name: 'first', ...swish }, layer], { name: 'after', ...swish }, add))).toEqual([
      'b.first 1 false',
      'b.first 4 true',
      'after 1 false',
      'add 1 false',
    ]);
    // What flows into the block is read again behind it.
    const again = { name: 'again', from: 'input', ...swish };
    expect(fusedRuns(network([{ name: 'first', ...swish }, layer], again))).toEqual([
      'b.first 1 false',
      'b.first 4 true',
      'again 1 false',
    ]);
    // All runs read the same tensor from outside.
    const outer = { name: 'outer', kind: 'pointwise', out: 4 };
    const apart = { name: 'apart', from: 'outer', ...swish };
    const inside = [layer, apart, { name: 'sum', kind: 'add', from: ['layer', 'apart'] }];
    const layers = [outer, { name: 'b', kind: 'block', from: 'input', repeat: 5, layers: inside }];
    expect(fusedRuns(networkOf({ input: [4, 3, 3], layers }))).toEqual(['b.apart 5 false', 'b.sum 5 false']);
  });

  it('join operands where a layer of the next run alone reads the output', () => {
    const inner = [
      { name: 'layer', kind: 'pointwise', out: 4 },
      { name: 'sum', kind: 'add', from: ['layer', 'other'] },
      { name: 'twice', kind: 'add', from: ['sum', 'other'] },
      { name: 'scaled', kind: 'add', from: ['other', 'twice'] },
      { name: 'wide', kind: 'softmax' },
      { name: 'shift', kind: 'multiply', from: ['other', 'other'] },
    ];
    const layers = [
      { name: 'other', kind: 'input', to: [4, 3, 3] },
      { name: 'b', kind: 'block', from: 'input', repeat: 5, layers: inner },
      { kind: 'softmax' },
    ];
    const { graph } = networkOf({ input: [4, 3, 3], layers });
    const shifts = vectorDemands(graph, { joinsOperands: true }).filter(({ name }) => name === 'b.shift');
    // Its operands are inputs of the network; a layer reads it in all runs but the last, which a softmax does.
    expect(shifts.map(({ isFused, repeat }) => [isFused, repeat])).toEqual([
      [true, 4],
      [false, 1],
    ]);
    const copies = [
      { name: 'x', kind: 'add', from: ['input', 'input'] },
      { name: 'y', kind: 'pointwise', out: 8, repeat: 3 },
    ];
    const [add] = vectorDemands(networkOf({ input: [4, 3, 3], layers: copies }).graph, { joinsOperands: true });
    expect(add!.isFused).toBe(false);
  });

  it('of layers that repeat alone apply their function to each, and what follows to the last', () => {
    const layers = [
      { name: 'a', kind: 'pointwise', out: 8, repeat: 3, activation: 'silu' },
      { name: 'b', kind: 'pointwise', out: 8, repeat: 3, activation: 'silu' },
      { name: 'c', kind: 'pointwise', out: 4, repeat: 3 },
      { name: 'd', kind: 'activation', function: 'tanh' },
    ];
    const demands = vectorDemands(networkOf({ input: [4, 3, 3], layers }).graph);
    expect(demands.map(({ name, isFused, repeat }) => [name, isFused, repeat])).toEqual([
      ['a.silu', true, 3],
      ['b.silu', true, 3],
      ['d', true, 1],
    ]);
  });

  // Killed by: a reader or a price that unrolls.
  it('are one block however often they run', () => {
    const deep = (repeat: number) =>
      networkOf({
        input: [8, 4],
        layers: [
          {
            name: 'block',
            kind: 'block',
            repeat,
            layers: [
              { name: 'norm', kind: 'layer-norm' },
              { name: 'up', kind: 'linear', out: 16, activation: 'gelu' },
              { name: 'down', kind: 'linear', out: 8 },
              { name: 'add', kind: 'add', from: ['down', 'input'] },
            ],
          },
        ],
      });
    const [one, eighty, million] = [deep(1), deep(80), deep(1_000_000)];
    for (const { graph, layers } of [eighty, million]) {
      expect(graph.operators).toHaveLength(one.graph.operators.length);
      expect(graph.tensors).toHaveLength(one.graph.tensors.length);
      expect(vectorDemands(graph)).toHaveLength(vectorDemands(one.graph).length);
      expect(layers).toHaveLength(one.layers.length);
      expect(graph.blocks).toHaveLength(1);
    }
    const unit = { level: 0, simplePerCycle: 1, specialPerCycle: 1, simplePj: 1, specialPj: 1 };
    const price = (network: Network) => vectorCost(networkVectorDemands(network), { levels: [], vectorUnit: unit });
    expect(price(million)).toEqual({ energyPj: 1e6 * price(one).energyPj, cycles: 1e6 * price(one).cycles });
  });
});
