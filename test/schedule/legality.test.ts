import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { isUnfit, type Retention, retentionOf } from '../../src/schedule/retention.ts';
import type { Home, Schedule, Segment } from '../../src/schedule/schedule.ts';
import { scheduleViolations } from '../../src/schedule/schedule-legality.ts';
import { scoreSchedule } from '../../src/schedule/score.ts';
import { DIMS, TENSORS, type TensorName } from '../../src/util/vocabulary.ts';
import type { Sequence, SequenceOperator } from '../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../src/workload/problem.ts';
import { small } from '../search/schedule/small-questions.ts';

const BITS = { Weights: 8, Inputs: 8, Outputs: 8 };

/** A pointwise layer from one tensor to the next. */
const layer = (name: string, index: number): SequenceOperator => ({
  ...{ kind: 'mac', name, inputs: [index], output: index + 1, layer: index, tiles: true, fused: [] },
  shape: { problem: makeProblem({ name, bounds: { K: 2, C: 2, P: 4 } }), wordBits: BITS },
  second: { kind: 'parameters', words: 4, wordBits: 8 },
});

/** Three pointwise layers of two channels and four rows, one after the other. */
const SEQUENCE: Sequence = {
  name: 'three',
  tensors: ['x', 't', 'u', 'y'].map((name, storage) => ({ name, sizes: [1, 2, 4, 1], wordBits: 8, storage })),
  storages: (['input', 'inner', 'inner', 'output'] as const).map((role, i) => ({
    ...{ name: 'xtuy'[i]!, words: 8, wordBits: 8, role },
  })),
  operators: ['a', 'b', 'c'].map(layer),
};

const ISLANDS: readonly Home[] = ['outermost', 'outermost', 'outermost', 'outermost'];
const segment = (first: number, end: number): Segment => ({ first, end, loops: [], halo: 'cached', held: [] });
const ALONE = [segment(0, 1), segment(1, 2), segment(2, 3)];

const retention = (words: number | null): Retention => {
  const own = retentionOf(small(words));
  if (isUnfit(own)) throw new Error(own.reason);
  return own;
};

/** Rule, operator and sentence of everything that does not fit. */
const wrong = (changes: Partial<Schedule>, keepsWeights = true) =>
  scheduleViolations(
    SEQUENCE,
    { ...retention(64), keepsWeights },
    { homes: ISLANDS, pinned: [], segments: ALONE, ...changes },
  ).map(({ rule, operator, message }) => [rule, operator, message]);

/** All loops at the buffer. */
const whole = (keep: readonly TensorName[]): Mapping => ({
  levels: [TENSORS, keep].map((own, index) => ({
    temporal: index === 0 ? [] : DIMS.map((dim) => ({ dim, bound: { K: 2, C: 2, P: 4 }[dim as string] ?? 1 })),
    ...{ spatial: [], keep: own, noMulticast: [] },
  })),
});

describe('reasons why a schedule cannot run', () => {
  it('are none where it fits', () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ homes: ['outermost', 'retained', 'fused', 'outermost'], pinned: [0, 2] })).toEqual([]);
  });

  // Killed by: counts that change places, the operator after or before the one at fault.
  it('name both counts, the tensor with its role, and the operator at which they show', () => {
    expect(wrong({ homes: ISLANDS.slice(1) })).toEqual([
      ['homes', null, 'the schedule has homes of 3 tensors, the network 4'],
    ]);
    expect(wrong({ homes: ['retained', 'retained', 'outermost', 'fused'] })).toEqual([
      ['homes', null, 'x is an input of the network, so its home is the outermost level'],
      ['homes', null, 'y is an output of the network, so its home is the outermost level'],
    ]);
    expect(wrong({ pinned: [1, 7] })).toEqual([['pinned', null, '7 has no parameters to pin']]);
    expect(wrong({ pinned: [2, 1] })).toEqual([['pinned', 1, 'b is not pinned in order, or twice']]);
    expect(wrong({ pinned: [1, 1] })).toEqual([['pinned', 1, 'b is not pinned in order, or twice']]);
    expect(wrong({ pinned: [1] }, false)).toEqual([['pinned', 1, 'Buffer cannot hold the parameters of b']]);
  });

  // Killed by: segments that overlap, leave operators out, are empty, or go on behind the end.
  it('name the operator at which the next segment should begin', () => {
    const at = (...segments: Segment[]) => wrong({ segments });
    const none = (operator: number | null, name: string) => [
      ['segments', operator, `segments must follow one another, but none starts at ${name}`],
    ];
    expect(at(segment(0, 2), segment(1, 3))).toEqual(none(2, 'c'));
    expect(at(segment(0, 1), segment(2, 3))).toEqual(none(1, 'b'));
    expect(at(segment(0, 1), segment(1, 1), segment(1, 3))).toEqual(none(1, 'b'));
    expect(at(segment(0, 1), segment(1, 4))).toEqual(none(1, 'b'));
    expect(at(segment(-1, 3))).toEqual(none(0, 'a'));
    expect(at(segment(0, 3), segment(3, 4))).toEqual(none(null, 'the end'));
    expect(at(segment(0, 1), segment(1, 2))).toEqual([['segments', 2, 'c is in no segment']]);
    expect(at()).toEqual([['segments', 0, 'a is in no segment']]);
  });

  // Killed by: parts of the sum left out, or taken twice.
  it('add up what overflows the level: parts of the step, tensors that pass and pinned parameters', () => {
    const homes: readonly Home[] = ['outermost', 'retained', 'retained', 'outermost'];
    const scored = scoreSchedule(SEQUENCE, small(10), { homes, pinned: [2], segments: ALONE }, () => whole(TENSORS));
    if (scored.feasible) throw new Error('it runs');
    expect(scored.violations.filter(({ rule }) => rule === 'room').map(({ message }) => message)).toEqual([
      'a overflows Buffer by 16 bits: t 64 + pinned parameters 32 bits in 80',
      'b overflows Buffer by 80 bits: t 64 + u 64 + pinned parameters 32 bits in 80',
      'c overflows Buffer by 16 bits: u 64 + pinned parameters 32 bits in 80',
    ]);
  });

  // Killed by: telling what a way to keep the output asks for that the mapping does not take.
  it('of a mapping are those of the way in which it keeps its output', () => {
    const homes: readonly Home[] = ['outermost', 'retained', 'outermost', 'outermost'];
    const reasons = (words: number, keep: readonly TensorName[]) => {
      const accelerator = small(words, { mustKeep: ['Inputs', 'Weights'] });
      const scored = scoreSchedule(SEQUENCE, accelerator, { homes, pinned: [], segments: ALONE }, () => whole(keep));
      return scored.feasible ? [] : scored.violations.flatMap((one) => (one.operator === 0 ? [one.message] : []));
    };
    expect(reasons(20, TENSORS)).toEqual([]);
    expect(reasons(20, ['Weights', 'Inputs'])).toEqual([]);
    const overflow = 'a: level Buffer overflows by 4 words of 8 bit: Weights 4 + Inputs 8 words in 8';
    expect(reasons(16, TENSORS)).toEqual([overflow]);
    expect(reasons(16, ['Weights', 'Inputs'])).toEqual([overflow]);
  });
});
