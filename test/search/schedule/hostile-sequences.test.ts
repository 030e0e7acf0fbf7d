import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import { EDP, ENERGY, LATENCY } from '../../../src/search/mapping/objective.ts';
import type { ScheduleSpace } from '../../../src/search/schedule/declared-space.ts';
import { type NoSchedule, type ScheduleOptimum, ScheduleSearch } from '../../../src/search/schedule/search-schedule.ts';
import type { Sequence, SequenceOperator } from '../../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { Mapper, questionOf, small, solve } from './small-questions.ts';

const SPACE: ScheduleSpace = {
  ...{ fuses: true, fusesViews: true, pins: true, channelCuts: 'anywhere', tiles: 'fewest', longestSegment: null },
  loops: [['p']],
};

type Sizes = Sequence['tensors'][number]['sizes'];

function network(sizes: readonly Sizes[], operators: readonly SequenceOperator[]): Sequence {
  const isMade = (index: number) => operators.some(({ output }) => output === index);
  const isRead = (index: number) => operators.some(({ inputs }) => inputs.includes(index));
  return {
    name: 'hostile',
    tensors: sizes.map((own, storage) => ({ name: `t${storage}`, sizes: own, wordBits: 8, storage })),
    storages: sizes.map((own, index) => ({
      ...{ name: `t${index}`, words: own.reduce((all, size) => all * size, 1), wordBits: 8 },
      role: isMade(index) ? (isRead(index) ? 'inner' : 'output') : 'input',
    })),
    operators,
  };
}

/** A layer of one position in each of two rows. */
function layer(name: string, input: number, output: number, C = 2, K = 2): SequenceOperator {
  const problem = makeProblem({ name, bounds: { K, C, P: 2 } });
  const shape = { problem, wordBits: { Weights: 8, Inputs: 8, Outputs: 8 } };
  const second = { kind: 'parameters' as const, words: C * K, wordBits: 8 };
  return { kind: 'mac', name, inputs: [input], output, layer: output, shape, second, tiles: true, fused: [] };
}

const view = (input: number, output: number): SequenceOperator => ({
  ...{ kind: 'view', view: 'other', name: 'view', inputs: [input], output },
});

const ROWS: Sizes = [1, 2, 2, 1];

function best(sequence: Sequence, accelerator: Accelerator, objective = EDP): ScheduleOptimum | NoSchedule {
  const question = questionOf(sequence, accelerator, SPACE);
  return solve(new ScheduleSearch(question), new Mapper(question), { objective }).found;
}

describe('searches of unusual sequences', () => {
  // Killed by: searches of mappings that end before they find any, taken for proofs that there is none.
  it('do not call unfit what was only not mapped in time', () => {
    const question = questionOf(network([ROWS, ROWS], [layer('only', 0, 1)]), small(12), SPACE);
    for (const objective of [EDP, LATENCY]) {
      const steps = new ScheduleSearch(question).best({ objective });
      let step = steps.next();
      while (step.done !== true)
        step = steps.next(step.value.asks.map(() => ({ kind: 'none', reason: 'too slow', isStopped: true })));
      expect(step.value).toMatchObject({ kind: 'none', isTimeOut: true });
    }
  });

  it('name the layers that fit nowhere, with the bits that are missing', () => {
    const sequence = network([ROWS, ROWS, ROWS], [layer('narrow', 0, 1), layer('wide', 1, 2)]);
    const one = best(sequence, small(2));
    // A word of each tensor, of which two fit.
    expect(one).toMatchObject({ kind: 'none', isTimeOut: false });
    if (one.kind === 'found') throw new Error('found');
    expect(one.reason).toMatch(/^no schedule fits: narrow: .*24 bits of Buffer, 8 more than the 16 .*; wide: /);
    const many = network(
      Array.from({ length: 6 }, () => ROWS),
      Array.from({ length: 5 }, (_, i) => layer(`layer${i}`, i, i + 1)),
    );
    expect(best(many, small(0))).toMatchObject({
      reason: expect.stringMatching(/layer0.*layer1.*layer2.*and 2 more$/),
    });
  });

  it('solve one operator, views alone, and storages that nobody reads', () => {
    const alone = best(network([ROWS, ROWS], [layer('only', 0, 1)]), small(20));
    expect(alone).toMatchObject({ kind: 'found', optimal: true });
    const views = best(network([ROWS, ROWS], [view(0, 1)]), small(20));
    expect(views).toMatchObject({ kind: 'found', optimal: true, energyPj: 0, cycles: 0 });
    const forked = network([ROWS, ROWS, ROWS], [layer('a', 0, 1), layer('b', 0, 2)]);
    for (const objective of [EDP, ENERGY, LATENCY])
      expect(best(forked, small(12), objective)).toMatchObject({ kind: 'found', optimal: true });
  });

  it('take unlimited levels, double-buffered ones, and such as do not hold every tensor', () => {
    const sequence = network([ROWS, ROWS, ROWS], [layer('a', 0, 1), layer('b', 1, 2)]);
    const free = best(sequence, small(null));
    expect(free).toMatchObject({
      kind: 'found',
      optimal: true,
      schedule: { homes: ['outermost', 'retained', 'outermost'] },
    });
    for (const changes of [
      { doubleBuffered: true },
      { mayKeep: ['Inputs'], mustKeep: [] },
      { mayKeep: ['Inputs', 'Outputs'], mustKeep: ['Inputs'] },
    ] as const) {
      const found = best(sequence, small(24, changes));
      expect(found).toMatchObject({ kind: 'found', optimal: true });
      if (found.kind === 'none' || free.kind === 'none') throw new Error('none');
      expect(found.value).toBeGreaterThanOrEqual(free.value);
    }
  });

  // Killed by: pins that must leave a bit.
  it('pin parameters that fill the level, where it need not keep anything else', () => {
    const sequence = network([[1, 1, 2, 1], ROWS], [layer('only', 0, 1, 1)]);
    expect(best(sequence, small(2, { mustKeep: [] }), ENERGY)).toMatchObject({
      ...{ kind: 'found', optimal: true },
      schedule: { pinned: [0] },
    });
  });

  it('say which storages they leave outermost, as too many live at once', () => {
    const made = 13;
    const operators = Array.from({ length: made }, (_, i) => layer(`m${i}`, 0, i + 1));
    let last = 1;
    const sums = Array.from({ length: made - 1 }, (_, i): SequenceOperator => {
      const inputs = [last, i + 2];
      last = made + 1 + i;
      const load = { repeat: 1, reads: [], wordsOut: 4, work: { simple: 4, special: 0 }, wordBits: 8 };
      const name = `sum${i}`;
      return { kind: 'vector', name, inputs, output: last, load, span: { kind: 'words' }, inPlace: 0, fused: [] };
    });
    const sequence = network(
      Array.from({ length: 2 * made }, () => ROWS),
      [...operators, ...sums],
    );
    const question = questionOf(sequence, small(12), { ...SPACE, fuses: false, pins: false, longestSegment: 1 });
    const { found } = solve(new ScheduleSearch(question), new Mapper(question), { objective: ENERGY });
    if (found.kind === 'none') throw new Error(found.reason);
    expect(found.optimal).toBe(true);
    // Thirteen live before the first sum: one is left, of those that wait longest the first.
    expect(found.certificate.left).toEqual(['t1']);
    const homes = found.schedule.homes.map((home, storage) => [sequence.storages[storage]!.name, home]);
    expect(homes).toContainEqual(['t1', 'outermost']);
    expect(homes.filter(([, home]) => home === 'retained').length).toBeGreaterThan(0);
  });
});
