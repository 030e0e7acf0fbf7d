import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { compulsoryWords } from '../../src/schedule/compulsory.ts';
import type { Schedule } from '../../src/schedule/schedule.ts';
import { type MappedKind, scoreSchedule } from '../../src/schedule/score.ts';
import type { Evaluate } from '../../src/schedule/step-score.ts';
import { summarizeSchedule } from '../../src/schedule/summarize.ts';
import { partsBits } from '../../src/schedule/summary-figures.ts';
import { Random } from '../../src/util/random.ts';
import { DIMS, perTensor, TENSORS } from '../../src/util/vocabulary.ts';
import type { Sequence } from '../../src/workload/graph/sequence.ts';
import { NaiveSegment } from './naive-segment.ts';
import { randomAttention, randomSchedule, randomSequence } from './random-sequences.ts';

const level = (name: string, words: number | null): StorageLevel => ({
  name,
  isDram: words === null,
  capacity: words === null ? { kind: 'unlimited' } : { kind: 'shared', bits: words * 8 },
  doubleBuffered: false,
  wordBits: 8,
  storedBits: words === null ? { Outputs: 8 } : {},
  blockWords: 1,
  bandwidth: { sharedWordsPerCycle: 1 },
  energy: { readPj: 4, fillPj: 4, updatePj: 4 },
  mayKeep: TENSORS,
  mustKeep: TENSORS,
  instances: 1,
  areaMm2: 0,
  leakagePjPerCycle: 0,
  fanOut: { dimensions: [], multicast: perTensor(() => true), hopEnergyPj: 0 },
});

const accelerator = (words: number): Accelerator => ({
  name: 'small',
  levels: [level('DRAM', null), level('Buffer', words)],
  mac: { instances: 1, wordBits: 8, energyPj: 1, areaMm2: 0 },
  vectorUnit: { level: 0, simplePerCycle: 1, specialPerCycle: 1, simplePj: 1, specialPj: 1 },
  clockHz: 1e9,
  technology: 'explicit',
  source: 'test',
});

const byReference: Evaluate = (layer, on, mapping) => evaluateReference(layer, on, mapping, { temporalReuse: 'exact' });

/** Every loop at the outermost level, so that tiles are single words. */
const words = ({ step }: MappedKind): Mapping => {
  const temporal = DIMS.map((dim) => ({ dim, bound: step.shape.problem.bounds[dim] }));
  return { levels: [temporal, []].map((loops) => ({ temporal: loops, spatial: [], keep: TENSORS, noMulticast: [] })) };
};

function caseOf(seed: number): { sequence: Sequence; schedule: Schedule } {
  const random = Random.fromSeed(seed);
  const sequence = random.nextInt(5) === 0 ? randomAttention(random) : randomSequence(random, 6, 3);
  return { sequence, schedule: randomSchedule(random, sequence) };
}

describe('scores of schedules', () => {
  // Killed by: parameters or moves that are not counted, pinned parameters in the bound, room that leaves out what passes by or is pinned, a figure of another operator.
  it('move what no schedule avoids, never overflow, and add up', () => {
    let fitting = 0;
    let overflowing = 0;
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 30 }), fc.integer({ min: 10, max: 120 }), (seed, capacity) => {
        const { sequence, schedule } = caseOf(seed);
        const score = scoreSchedule(sequence, accelerator(capacity), schedule, words, byReference);
        if (!score.feasible) {
          if (score.violations.some(({ rule }) => rule === 'room')) overflowing++;
          return;
        }
        fitting++;
        const summary = summarizeSchedule(sequence, schedule, score, { layerByLayerWords: null });
        const { dramWords, operators, occupancy, peak } = summary;
        expect(dramWords.compulsory).toBe(compulsoryWords(sequence, (one) => schedule.pinned.includes(one)));
        expect(dramWords.spent).toBeGreaterThanOrEqual(dramWords.compulsory);
        expect(operators.reduce((sum, { energyPj }) => sum + energyPj, 0)).toBeCloseTo(score.energyPj, 6);
        expect(occupancy.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(score.cycles);
        for (const { parts } of occupancy) expect(partsBits(parts)).toBeLessThanOrEqual(capacity * 8);
        expect(peak.bits).toBe(Math.max(0, ...occupancy.map(({ parts }) => partsBits(parts))));
        // What is there word by word, in segments that keep no whole tensors.
        for (const { segment, passingBits } of score.segments) {
          const { steps } = new NaiveSegment(sequence, schedule.homes, segment);
          for (const { kept } of steps)
            expect(8 * kept + passingBits + score.pinnedBits).toBeLessThanOrEqual(capacity * 8);
        }
      }),
      { numRuns: 80 },
    );
    expect(fitting).toBeGreaterThan(5);
    expect(overflowing).toBeGreaterThan(5);
  });

  it('say what of a schedule does not fit its network', () => {
    const { sequence } = caseOf(3);
    const { storages, operators } = sequence;
    const good: Schedule = {
      homes: storages.map(() => 'outermost'),
      pinned: [],
      segments: operators.map((_, first) => ({ first, end: first + 1, loops: [], halo: 'cached', held: [] })),
    };
    const rules = (schedule: Schedule, on = accelerator(200)) => {
      const score = scoreSchedule(sequence, on, schedule, words, byReference);
      return score.feasible ? [] : score.violations.map(({ rule, message }) => [rule, message.length > 0]);
    };
    expect(rules(good)).toEqual([]);
    expect(rules({ ...good, homes: good.homes.slice(1) })).toContainEqual(['homes', true]);
    const input = storages.findIndex(({ role }) => role === 'input');
    expect(rules({ ...good, homes: good.homes.map((home, i) => (i === input ? 'retained' : home)) })).toContainEqual([
      'homes',
      true,
    ]);
    expect(rules({ ...good, pinned: [operators.length] })).toEqual([['pinned', true]]);
    expect(rules({ ...good, segments: good.segments.slice(1) })).toEqual([['segments', true]]);
    expect(rules({ ...good, segments: good.segments.slice(0, -1) })).toEqual([['segments', true]]);
    const inner = storages.findIndex(({ role }) => role === 'inner');
    const fused = good.homes.map((home, i) => (i === inner ? 'fused' : home));
    expect(rules({ ...good, homes: fused })).toContainEqual(['segment', true]);
    const many = { ...accelerator(200), levels: [level('DRAM', null), { ...level('Buffer', 200), instances: 2 }] };
    expect(rules(good, many)).toEqual([['retention', true]]);
    const score = scoreSchedule(sequence, accelerator(200), good, () => null, byReference);
    expect(score).toMatchObject({ feasible: false });
  });
});
