import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkVectorDemands, networkVectorLoads, vectorCost } from '../../../src/cost/vector-cost.ts';
import { repeatedSum } from '../../../src/util/network-totals.ts';
import { type VectorDemand, type VectorLoad, vectorDemands } from '../../../src/workload/graph/fusion.ts';
import { type Graph, tensorSize } from '../../../src/workload/graph/graph.ts';
import { isElementWise } from '../../../src/workload/graph/vector-operation.ts';
import { networkMacs, operatorParameters } from '../../../src/workload/network.ts';
import { macCount } from '../../../src/workload/problem.ts';
import { type Entry, networkOf, type RandomWorkload, RUNS, randomWorkload } from './workload-entries.ts';

const sizeOf = (graph: Graph) => (tensor: number) => tensorSize(graph.tensors[tensor]!);

/** A workload of which every block and layer runs once. */
function runOnce({ input, layers }: RandomWorkload): RandomWorkload {
  const once = (entries: readonly Entry[]): Entry[] =>
    entries.map(({ repeat: _, ...entry }) => ({
      ...entry,
      ...(entry.kind === 'block' ? { layers: once(entry.layers as Entry[]) } : {}),
    }));
  return { input, layers: once(layers) };
}

describe('graphs of workload files', () => {
  // Killed by: an operator before the one it reads, an output twice, outputs that someone reads, inputs that someone makes.
  it('make every tensor once, before it is read', () => {
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const { graph } = networkOf(workload);
        const made = new Set(graph.inputs);
        expect(made.size).toBe(graph.inputs.length);
        const read = new Set<number>();
        for (const { inputs, output } of graph.operators) {
          for (const tensor of inputs) expect(made.has(tensor)).toBe(true);
          expect(made.has(output)).toBe(false);
          made.add(output);
          for (const tensor of inputs) read.add(tensor);
        }
        expect([...made].sort((a, b) => a - b)).toEqual(graph.tensors.map((_, tensor) => tensor));
        expect(graph.outputs).toEqual(
          graph.operators.map(({ output }) => output).filter((tensor) => !read.has(tensor)),
        );
        for (const names of [graph.tensors, graph.operators])
          expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
      }),
      RUNS,
    );
  });

  // Killed by: an operand counted once that is read twice, words of views, parameters left out, the output of another tensor, a fused operator with words.
  it('move the words of all operands and of the output, but where they are fused', () => {
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const { graph } = networkOf(workload);
        const size = sizeOf(graph);
        const operators = graph.operators.filter((operator) => operator.kind === 'vector');
        const demands = vectorDemands(graph);
        const names = operators.map(({ name }) => name);
        expect([...new Set(demands.map(({ name }) => name))]).toEqual(names);
        for (const demand of demands) {
          const { inputs, output, operation, parameterWords, repeat, work } = operators[names.indexOf(demand.name)]!;
          const own = demands.filter(({ name }) => name === demand.name);
          expect(own.reduce((sum, one) => sum + one.repeat, 0)).toBe(repeat);
          expect(own.length).toBe(new Set(own.map(({ isFused }) => isFused)).size);
          if (demand.isFused) {
            expect(demand.wordsOut).toBe(0);
            expect(demand.wordsIn).toBe(operation.kind === 'batch-norm' ? 0 : parameterWords);
            continue;
          }
          let words = parameterWords;
          for (const tensor of inputs) words += size(tensor);
          if (operation.kind === 'embedding') words = size(output);
          expect(demand.wordsIn).toBe(words);
          expect(demand.wordsOut).toBe(size(output));
          expect(demand.work).toEqual(work);
        }
      }),
      RUNS,
    );
  });

  // Killed by: fusing behind slices and inputs, not behind other views, of two operands, of what someone else reads too (also around a block).
  it('fuse an operator exactly where it takes the words of makers that nobody else reads', () => {
    let fused = 0;
    let notAlone = 0;
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const { graph } = networkOf(runOnce(workload));
        const demands = new Map(vectorDemands(graph).map((demand) => [demand.name, demand]));
        const makerOf = (tensor: number) => graph.operators.find(({ output }) => output === tensor);
        const reads = (tensor: number) =>
          graph.operators.flatMap(({ inputs }) => inputs).filter((one) => one === tensor);
        const isOwn = (tensor: number): boolean => {
          const maker = makerOf(tensor);
          if (maker === undefined || reads(tensor).length > 1) return false;
          return maker.kind !== 'view' || (maker.view !== 'slice' && maker.inputs.every(isOwn));
        };
        for (const operator of graph.operators) {
          if (operator.kind !== 'vector') continue;
          const [tensor] = operator.inputs;
          const { kind } = operator.operation;
          const takesWords =
            operator.inputs.length === 1 && (kind === 'activation' || kind === 'batch-norm' || isElementWise(kind));
          const expected = takesWords && isOwn(tensor!);
          expect(demands.get(operator.name)!.isFused).toBe(expected);
          if (expected) fused++;
          if (takesWords && makerOf(tensor!) !== undefined && reads(tensor!).length > 1) notAlone++;
        }
      }),
      RUNS,
    );
    expect(fused).toBeGreaterThan(20);
    expect(notAlone).toBeGreaterThan(3);
  });

  it('fuse behind a crop nothing, and behind joined channels what both makers can apply', () => {
    const isFused = (...layers: readonly Entry[]) =>
      vectorDemands(networkOf({ input: [4, 4, 4], layers }).graph).map((demand) => demand.isFused);
    const a = { name: 'a', kind: 'pointwise', out: 4 };
    const b = { name: 'b', kind: 'pointwise', from: 'input', out: 2 };
    const swish = { name: 'swish', kind: 'activation', function: 'silu' };
    const both = { name: 'both', kind: 'concat', from: ['a', 'b'] };
    expect(isFused(a, { kind: 'reshape', to: [64] }, swish)).toEqual([true]);
    expect(isFused(a, { kind: 'reshape', to: [4, 2, 2] }, swish)).toEqual([false]);
    expect(isFused(a, { kind: 'reshape', to: [4, 17] }, swish)).toEqual([false]);
    expect(isFused(a, b, both, swish)).toEqual([true]);
    expect(isFused(a, b, both, swish, { kind: 'add', from: ['a', 'input'] })).toEqual([false, false]);
    expect(isFused(a, { ...both, from: ['a', 'input'] }, swish)).toEqual([false]);
    expect(isFused(a, { ...both, from: ['a', 'a'] }, swish)).toEqual([false]);
  });

  // Killed by: the repeats of one operator for those of a line, lines of other shapes joined, repeats of blocks left out.
  it('list every layer as often as its operators run', () => {
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const { graph, layers, ...network } = networkOf(workload);
        const macOperators = graph.operators.filter((operator) => operator.kind === 'mac');
        for (const layer of layers) {
          const own = macOperators.filter((operator) => operator.layer.name === layer.name);
          expect(own.length).toBeGreaterThan(0);
          expect(own.reduce((sum, { repeat }) => sum + repeat, 0)).toBe(layer.repeat);
          for (const operator of own) expect(operator.layer.problem).toEqual(layer.problem);
        }
        expect(layers.length).toBe(new Set(macOperators.map((operator) => operator.layer.name)).size);
        expect(repeatedSum(macOperators, ({ layer }) => macCount(layer.problem))).toBe(
          networkMacs({ layers, ...network }),
        );
      }),
      RUNS,
    );
  });

  // Killed by: a batch that multiplies parameters, or forgets an operation's rows or an embedding.
  it('move and compute as much more as inputs run together', () => {
    fc.assert(
      fc.property(randomWorkload(), fc.integer({ min: 2, max: 5 }), (workload, batch) => {
        const [one, many] = [networkOf(workload), networkOf(workload, batch)];
        const operators = new Map(one.graph.operators.map((operator) => [operator.name, operator]));
        const [few, more] = [vectorDemands(one.graph), vectorDemands(many.graph)];
        expect(more).toHaveLength(few.length);
        for (const [i, demand] of few.entries()) {
          const operator = operators.get(demand.name)!;
          const own = demand.isFused
            ? demand.wordsIn
            : operator.kind === 'vector' && demand.kind !== 'embedding'
              ? operator.parameterWords
              : 0;
          expect(more[i]!.wordsIn).toBe(batch * (demand.wordsIn - own) + own);
          expect(more[i]!.wordsOut).toBe(batch * demand.wordsOut);
          expect(more[i]!.work.simple).toBe(batch * demand.work.simple);
          expect(more[i]!.work.special).toBe(batch * demand.work.special);
        }
        expect(networkMacs(many)).toBe(batch * networkMacs(one));
        expect(operatorParameters(many)).toBe(operatorParameters(one));
      }),
      RUNS,
    );
  });
});

describe('loads', () => {
  // Killed by: operators of equal loads counted as one, those of other widths or work merged with them.
  it('cost merged what the operators cost one by one', () => {
    const unit = { level: 0, simplePerCycle: 3, specialPerCycle: 1, simplePj: 2, specialPj: 5 };
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const network = networkOf(workload);
        const price = (loads: readonly VectorLoad[]) => vectorCost(loads, { levels: [], vectorUnit: unit });
        const [merged, single] = [networkVectorLoads(network), networkVectorDemands(network)];
        expect(price(merged)).toEqual(price(single));
        const moved = (loads: readonly VectorLoad[]) =>
          repeatedSum(loads, ({ reads, wordsOut }) => reads.reduce((sum, { words }) => sum + words, wordsOut));
        expect(moved(merged)).toBe(moved(single));
        expect(merged.length).toBeLessThanOrEqual(single.length);
      }),
      { ...RUNS, numRuns: 30 },
    );
  });
});

describe('operands of fewer words', () => {
  it('are read once, for all rows or for all heads of a sequence', () => {
    const words = (...operand: readonly Entry[]) => {
      const layers = [
        { name: 'a', kind: 'linear', out: 6 },
        ...operand,
        { name: 'scaled', kind: 'multiply', from: ['a', 'b'] },
      ];
      return vectorDemands(networkOf({ input: [6, 5], layers }).graph).find(({ name }) => name === 'scaled')!;
    };
    const narrow = { name: 'b', kind: 'linear', from: 'input', out: 3 };
    expect(words(narrow)).toMatchObject({ wordsIn: 30 + 15, wordsOut: 30, work: { simple: 30, special: 0 } });
    expect(words({ ...narrow, out: 1 })).toMatchObject({ wordsIn: 30 + 5, wordsOut: 30 });
    expect(words({ name: 'b', kind: 'input', to: [6] })).toMatchObject({ wordsIn: 30 + 6, wordsOut: 30 });
    expect(() => words({ ...narrow, out: 4 })).toThrow('cannot combine');
  });
});

describe('reductions', () => {
  // Killed by: a share of words per output word that is multiplied back without rounding (15 / 11 x 11 is no 15).
  it('take every word that flows in once, also where outputs share them unevenly', () => {
    for (const [tokens, made] of [
      [15, 11],
      [30, 22],
      [16, 4],
    ] as const) {
      const layers = [
        { name: 'layer', kind: 'linear', out: 3 },
        { name: 'sum', kind: 'reduce', to: [3, made] },
      ];
      const [{ work }] = vectorDemands(networkOf({ input: [2, tokens], layers }).graph) as [VectorDemand];
      expect(work).toEqual({ simple: 3 * tokens, special: 0 });
    }
  });
});

describe('joined operands', () => {
  const demandsOf = (layers: readonly Entry[]) => {
    const { graph } = networkOf({ input: [4, 3, 3], layers });
    const [plain, joined] = [vectorDemands(graph), vectorDemands(graph, { joinsOperands: true })];
    return (name: string) => [plain, joined].map((list) => list.find((one) => one.name === name)!);
  };

  it('leave of an addition the words of the other operand', () => {
    const [plain, joined] = demandsOf([
      { name: 'a', kind: 'pointwise', out: 4 },
      { name: 'b', kind: 'pointwise', out: 4 },
      { name: 'sum', kind: 'add', from: ['b', 'a'] },
    ])('sum');
    expect(plain).toMatchObject({ isFused: false, wordsIn: 72, wordsOut: 36 });
    expect(joined).toMatchObject({ isFused: true, wordsIn: 36, wordsOut: 0, work: { simple: 36, special: 0 } });
  });

  it('leave of a scaling the factors where a layer reads the product alone', () => {
    const entries = [
      { name: 'a', kind: 'pointwise', out: 4 },
      { name: 'pool', kind: 'global-pool' },
      { name: 'factors', kind: 'linear', out: 4 },
      { name: 'scaled', kind: 'multiply', from: ['a', 'factors'] },
      { name: 'b', kind: 'pointwise', from: 'scaled', out: 2 },
    ];
    const [plain, joined] = demandsOf(entries)('scaled');
    expect(plain).toMatchObject({ isFused: false, wordsIn: 40, wordsOut: 36 });
    expect(joined).toMatchObject({ isFused: true, wordsIn: 4, wordsOut: 0 });
    const [, twice] = demandsOf([...entries, { name: 'c', kind: 'pointwise', from: 'scaled', out: 2 }])('scaled');
    expect(twice).toMatchObject({ isFused: false, wordsIn: 40, wordsOut: 36 });
  });

  it('never move more', () => {
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const { graph } = networkOf(workload);
        const totals = (joinsOperands: boolean) => {
          const found = new Map<string, readonly number[]>();
          for (const { name, repeat, wordsIn, wordsOut, work } of vectorDemands(graph, { joinsOperands })) {
            const before = found.get(name) ?? [0, 0, 0, 0];
            const own = [wordsIn, wordsOut, work.simple, work.special];
            found.set(
              name,
              before.map((count, i) => count + repeat * own[i]!),
            );
          }
          return found;
        };
        const joined = totals(true);
        for (const [name, [wordsIn, wordsOut, ...work]] of totals(false)) {
          const [lessIn, lessOut, ...same] = joined.get(name)!;
          expect(lessIn).toBeLessThanOrEqual(wordsIn!);
          expect(lessIn).toBeGreaterThanOrEqual(0);
          expect(lessOut).toBeLessThanOrEqual(wordsOut!);
          expect(same).toEqual(work);
        }
      }),
      RUNS,
    );
  });
});
