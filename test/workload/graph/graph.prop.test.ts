import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkVectorDemands, vectorCost } from '../../../src/cost/vector-cost.ts';
import { repeatedSum } from '../../../src/util/network-totals.ts';
import { vectorDemands } from '../../../src/workload/graph/fusion.ts';
import { type Graph, tensorSize } from '../../../src/workload/graph/graph.ts';
import { isElementWise } from '../../../src/workload/graph/vector-operation.ts';
import type { Network } from '../../../src/workload/network.ts';
import { networkMacs, operatorParameters } from '../../../src/workload/network.ts';
import { macCount } from '../../../src/workload/problem.ts';
import { file, read } from '../../formats/workload-files.ts';
import { type Entry, type RandomWorkload, randomWorkload } from './workload-entries.ts';

function networkOf({ input, layers }: RandomWorkload, batch = 1): Network & { readonly graph: Graph } {
  const network = read(file(layers, { input }), batch);
  return { ...network, graph: network.graph! };
}

const sizeOf = (graph: Graph) => (tensor: number) => tensorSize(graph.tensors[tensor]!);
/** One seed: some tests count how often a case occurs. */
const RUNS = { numRuns: 100, seed: 20_261_129 };

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
        expect(demands.map(({ name }) => name)).toEqual(operators.map(({ name }) => name));
        for (const [i, { inputs, output, operation, parameterWords, repeat, work }] of operators.entries()) {
          const demand = demands[i]!;
          expect(demand.repeat).toBe(repeat);
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

  // Killed by: fusing behind views and inputs, of two operands, of what someone else reads too (also around a block), into runs of another count.
  it('fuse an operator exactly where it takes the words of one maker that nobody else reads', () => {
    let fused = 0;
    let notAlone = 0;
    fc.assert(
      fc.property(randomWorkload(), (workload) => {
        const { graph } = networkOf(workload);
        const demands = new Map(vectorDemands(graph).map((demand) => [demand.name, demand]));
        for (const operator of graph.operators) {
          if (operator.kind !== 'vector') continue;
          const [tensor] = operator.inputs;
          const { kind } = operator.operation;
          const takesWords =
            operator.inputs.length === 1 && (kind === 'activation' || kind === 'batch-norm' || isElementWise(kind));
          const maker = graph.operators.find(({ output }) => output === tensor);
          const reads = graph.operators.flatMap(({ inputs }) => inputs).filter((one) => one === tensor).length;
          const expected =
            takesWords &&
            maker !== undefined &&
            maker.kind !== 'view' &&
            maker.repeat === operator.repeat &&
            reads === 1;
          expect(demands.get(operator.name)!.isFused).toBe(expected);
          if (expected) fused++;
          if (takesWords && maker !== undefined && reads > 1) notAlone++;
        }
      }),
      RUNS,
    );
    expect(fused).toBeGreaterThan(20);
    expect(notAlone).toBeGreaterThan(3);
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
        const operators = one.graph.operators.filter((operator) => operator.kind === 'vector');
        const [few, more] = [vectorDemands(one.graph), vectorDemands(many.graph)];
        expect(more).toHaveLength(few.length);
        for (const [i, demand] of few.entries()) {
          const { kind, parameterWords } = operators[i]!;
          const own = demand.isFused
            ? demand.wordsIn
            : kind === 'vector' && demand.kind === 'embedding'
              ? 0
              : parameterWords;
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

/** A workload with every block written out as often as it runs. */
function unrolled({ input, layers }: RandomWorkload): RandomWorkload {
  const entries: Entry[] = [];
  for (const entry of layers) {
    if (entry.kind !== 'block') {
      entries.push(entry);
      continue;
    }
    const { repeat, ...once } = entry;
    const copies = Number(repeat ?? 1);
    // The last copy keeps the name, by which later entries know what flows out.
    for (let copy = 1; copy <= copies; copy++)
      entries.push({ ...once, name: copy === copies ? entry.name : `${String(entry.name)}-${copy}` });
  }
  return { input, layers: entries };
}

/** Words and work of all operators by kind and whether they are fused, repeats counted. */
function sums(network: Network): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const { kind, isFused, repeat, wordsIn, wordsOut, work } of networkVectorDemands(network)) {
    const key = `${kind} ${isFused}`;
    found[key] ??= [0, 0, 0, 0, 0];
    const sum = found[key];
    for (const [i, count] of [1, wordsIn, wordsOut, work.simple, work.special].entries()) sum[i]! += repeat * count;
  }
  return found;
}

describe('repeated blocks', () => {
  // Killed by: repeats of nested or single operators left out, fusion that looks at the output of a block as if nobody read it.
  it('demand what their copies demand, written out', () => {
    let repeated = 0;
    fc.assert(
      fc.property(randomWorkload({ closedBlocks: true }), (workload) => {
        const [once, copies] = [networkOf(workload), networkOf(unrolled(workload))];
        expect(sums(once)).toEqual(sums(copies));
        expect(networkMacs(once)).toBe(networkMacs(copies));
        if (copies.graph.operators.length > once.graph.operators.length) repeated++;
      }),
      RUNS,
    );
    expect(repeated).toBeGreaterThan(20);
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
        const joined = vectorDemands(graph, { joinsOperands: true });
        for (const [i, { wordsIn, wordsOut, work }] of vectorDemands(graph).entries()) {
          expect(joined[i]!.wordsIn).toBeLessThanOrEqual(wordsIn);
          expect(joined[i]!.wordsIn).toBeGreaterThanOrEqual(0);
          expect(joined[i]!.wordsOut).toBeLessThanOrEqual(wordsOut);
          expect(joined[i]!.work).toEqual(work);
        }
      }),
      RUNS,
    );
  });
});
