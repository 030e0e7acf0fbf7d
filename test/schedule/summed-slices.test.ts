import { describe, expect, it } from 'vitest';
import { planSegment } from '../../src/schedule/plan.ts';
import { isUnfit, type Retention } from '../../src/schedule/retention.ts';
import type { Home, Segment, SharedLoop } from '../../src/schedule/schedule.ts';
import type { Sequence } from '../../src/workload/graph/sequence.ts';
import { Grower } from './random-sequences.ts';

const retention: Retention = {
  ...{ level: 1, levelName: 'Buffer', capacityBits: null, copies: 1 },
  ...{ keepsOutputs: true, keepsWeights: true, pricesVectors: true },
  activationBits: () => 8,
  partialBits: () => 24,
  parameterBits: () => 8,
};
const SLICES: SharedLoop = { axis: 'reduced', tile: 2 };
const name = 'layer';

/** The plan of all operators but the last as one segment; its sums are at home as given. */
function planned(sequence: Sequence, loops: readonly SharedLoop[], home: Home = 'outermost', on = retention) {
  const end = sequence.operators.length - 1;
  const sums = sequence.tensors[sequence.operators[end - 1]!.output]!.storage;
  const homes = sequence.storages.map(({ role }, storage): Home => {
    if (storage === sums) return home;
    return role === 'inner' ? 'fused' : 'outermost';
  });
  const segment: Segment = { first: 0, end, loops, halo: 'cached', held: [] };
  return planSegment(sequence, on, { homes, isPinned: () => false }, segment);
}

/** A layer to six channels, something between, a layer that sums them, and one more that reads it. */
function chain(between: (grower: Grower, middle: number) => number, groups = 1): Sequence {
  const grower = new Grower();
  const middle = grower.mac(grower.input([1, 2, 4, 1]), { name, bounds: { K: 6, C: 2, P: 4 } });
  const other = between(grower, middle);
  const sum = grower.mac(other, { name, bounds: { G: groups, K: 2, C: 6 / groups, P: 4 } });
  grower.mac(sum, { name, bounds: { C: grower.sizes[sum]![1], P: 4 } });
  return grower.sequence();
}

const plain = chain((_, middle) => middle);

function reasonOf(...asked: Parameters<typeof planned>): string {
  const plan = planned(...asked);
  return isUnfit(plan) ? plan.reason : 'it can run';
}

describe('segments whose sink sums slices of its channels', () => {
  it('say why they cannot run', () => {
    expect(reasonOf(plain, [SLICES])).toBe('it can run');
    expect(reasonOf(plain, [SLICES, { axis: 'p', tile: 2 }])).toMatch(/o1 would leave and come back.*inner one/);
    expect(reasonOf(plain, [{ axis: 'c', tile: 1 }, SLICES])).toMatch(/t1 follows the inner shared loop but not/);
    expect(
      reasonOf(
        chain((_, middle) => middle, 2),
        [SLICES],
      ),
    ).toMatch(/o1 sums the channels of each of 2 groups/);
    const normalized = chain((grower, middle) =>
      grower.vector([middle], [1, 6, 4, 1], { kind: 'channels', group: 6 }, 0),
    );
    expect(reasonOf(normalized, [SLICES])).toMatch(/channels 0 to 2 of t2 cut a group of 6/);
    const split = chain((grower, middle) => grower.mac(middle, { name, bounds: { G: 2, K: 3, C: 3, P: 4 } }));
    expect(reasonOf(split, [SLICES])).toMatch(/channels 0 to 2 of t2 cut a group of 3/);
    expect(reasonOf(split, [{ axis: 'reduced', tile: 3 }])).toBe('it can run');
    expect(reasonOf(plain, [SLICES], 'outermost', { ...retention, keepsOutputs: false })).toMatch(
      /Buffer cannot hold the partial sums of o1/,
    );
    const added = new Grower();
    const first = added.mac(added.input([1, 2, 4, 1]), { name, bounds: { K: 6, C: 2, P: 4 } });
    const sum = added.vector([first, first], [1, 6, 4, 1], { kind: 'words' });
    added.mac(sum, { name, bounds: { C: 6, P: 4 } });
    expect(reasonOf(added.sequence(), [SLICES])).toMatch(/o1 sums no channels/);
    const whole = {
      ...plain,
      operators: plain.operators.map((one) => (one.kind === 'mac' ? { ...one, tiles: false } : one)),
    };
    expect(reasonOf(whole, [SLICES])).toMatch(/o1 only runs whole/);
  });

  // Killed by: sums beside the whole tensor that they become, sums that are drained although they stay.
  it('let sums lie in their home where they stay, with the bits that they have more', () => {
    const steps = (home: Home) => {
      const plan = planned(plain, [SLICES], home);
      if (isUnfit(plan)) throw new Error(plan.reason);
      const of = plan.kinds.filter(({ operator }) => operator === 1);
      return of.map(({ count, fixedBits, moves }) => [count, fixedBits, moves.drained.map(({ words }) => words)]);
    };
    // A slice of two channels of four rows, and eight sums of 24 bits: retained ones are in a tensor of 8 bits a word.
    expect(steps('outermost')).toEqual([
      [1, 64 + 192, []],
      [1, 64 + 192, []],
      [1, 64 + 192, [8]],
    ]);
    expect(steps('retained')).toEqual([
      [1, 64 + 64 + 128, []],
      [1, 64 + 64 + 128, []],
      [1, 64 + 64 + 128, []],
    ]);
  });

  it('run what follows word by word on complete sums alone', () => {
    const { operators } = plain;
    const activation = { repeat: 1, reads: [], wordsOut: 8, work: { simple: 8, special: 0 }, wordBits: 8 };
    const fused = operators.map((one, i) => (i === 1 && one.kind === 'mac' ? { ...one, fused: [activation] } : one));
    const plan = planned({ ...plain, operators: fused }, [SLICES]);
    if (isUnfit(plan)) throw new Error(plan.reason);
    const work = plan.kinds
      .filter(({ operator }) => operator === 1)
      .map((step) => step.fused.map((one) => one.work.simple));
    expect(work).toEqual([[], [], [8]]);
  });
});
