import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegment, planStepByStep } from '../../src/schedule/plan.ts';
import { isUnfit, type Retention } from '../../src/schedule/retention.ts';
import type { Schedule, Segment } from '../../src/schedule/schedule.ts';
import { isReduced } from '../../src/schedule/shared-axes.ts';
import type { SegmentPlan } from '../../src/schedule/step-kind.ts';
import { Random } from '../../src/util/random.ts';
import type { Sequence } from '../../src/workload/graph/sequence.ts';
import { macCount } from '../../src/workload/problem.ts';
import { NaiveSegment, type NaiveStep } from './naive-segment.ts';
import { randomAttention, randomBands, randomSchedule, randomSequence, randomSums } from './random-sequences.ts';

const retention: Retention = {
  level: 1,
  levelName: 'Buffer',
  capacityBits: null,
  copies: 1,
  keepsOutputs: true,
  keepsWeights: true,
  pricesVectors: true,
  activationBits: () => 8,
  partialBits: () => 16,
  parameterBits: () => 8,
};

const seeds = fc.nat({ max: 2 ** 30 });

interface Case {
  readonly sequence: Sequence;
  readonly schedule: Schedule;
}

function caseOf(seed: number, rows: number, length: number): Case {
  const random = Random.fromSeed(seed);
  const kind = random.nextInt(8);
  if (kind < 3) return kind === 0 ? randomBands(random, rows) : randomSums(random, rows);
  const sequence = random.nextInt(5) === 0 ? randomAttention(random) : randomSequence(random, rows, length);
  return { sequence, schedule: randomSchedule(random, sequence) };
}

function plansOf({ sequence, schedule }: Case, by: typeof planSegment) {
  const placement = { homes: schedule.homes, isPinned: (operator: number) => schedule.pinned.includes(operator) };
  return schedule.segments.map((segment) => ({ segment, plan: by(sequence, retention, placement, segment) }));
}

/** Steps of a plan in the terms of those that are found word by word. */
function stepsOf({ kinds, order }: SegmentPlan): NaiveStep[] {
  return [...order()].map(({ kind, iteration }) => {
    const step = kinds[kind]!;
    const words = (moved: readonly { readonly words: number }[]) => moved.reduce((sum, one) => sum + one.words, 0);
    const { N, G, K, P, Q } = step.kind === 'mac' ? step.shape.problem.bounds : { N: 0, G: 0, K: 0, P: 0, Q: 0 };
    const kept = step.fixed.reduce((sum, { what, bits }) => sum + (what === 'storage' ? 0 : bits / 8), 0);
    return {
      ...{ operator: step.operator, iteration },
      made: step.kind === 'mac' ? N * G * K * P * Q : step.load.written.words,
      fetched: words(step.moves.fetched),
      drained: words(step.moves.drained),
      channels: step.kind === 'mac' ? step.shape.problem.bounds.C : 0,
      resumed: step.kind === 'mac' && step.resumes ? N * G * K * P * Q : 0,
      kept,
    };
  });
}

describe('plans of segments', () => {
  // Killed by: a skip too far, a pace of the first iterations, boxes that are clipped on the way, a repeat that counts once.
  it('are those of every step by itself', () => {
    let tiled = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const one = caseOf(seed, 24, 5);
        const fast = plansOf(one, planSegment);
        plansOf(one, planStepByStep).forEach(({ plan }, i) => {
          const own = fast[i]!.plan;
          if (isUnfit(plan) || isUnfit(own)) expect(own).toEqual(plan);
          else {
            if (own.kinds.some(({ count }) => count > 3)) tiled++;
            expect(own.kinds).toEqual(plan.kinds);
            expect([...own.order()]).toEqual([...plan.order()]);
          }
        });
      }),
      { numRuns: 150 },
    );
    expect(tiled).toBeGreaterThan(10);
  });

  // The examples: words that two slices share in rows that ran before, and a tile of another slice that only stands.
  // Killed by: a halo of one row less, words that are dropped between two users, a fetch after the first use, tiles that are made twice.
  it('are what an execution word by word does', () => {
    let tiled = 0;
    let reduced = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const one = caseOf(seed, 7, 4);
        for (const { segment, plan } of plansOf(one, planSegment)) {
          if (isUnfit(plan)) continue;
          const naive = new NaiveSegment(one.sequence, one.schedule.homes, segment);
          expect(stepsOf(plan)).toEqual(naive.steps);
          if (segment.end - segment.first > 1) tiled++;
          if (isReduced(segment)) reduced++;
          checkMade(one.sequence, segment, plan, naive);
        }
      }),
      { numRuns: 500, examples: [[410110252], [1025565881]] },
    );
    expect(tiled).toBeGreaterThan(10);
    expect(reduced).toBeGreaterThan(8);
  });
});

/** Every word is made, once where halos are cached; then layers do as many multiply-accumulates as they have. */
function checkMade(
  { operators, tensors }: Sequence,
  { first, end, halo }: Segment,
  plan: SegmentPlan,
  naive: NaiveSegment,
) {
  for (let index = first; index < end; index++) {
    const operator = operators[index]!;
    if (operator.kind === 'view') continue;
    const times = [...(naive.times.get(`t${operator.output}`) ?? new Map<string, number>()).values()];
    expect(times).toHaveLength(tensors[operator.output]!.sizes.reduce((product, size) => product * size, 1));
    if (halo === 'cached') expect(Math.max(...times)).toBe(1);
    if (operator.kind !== 'mac') continue;
    const macs = plan.kinds.reduce(
      (sum, step) =>
        sum + (step.kind === 'mac' && step.operator === index ? step.count * macCount(step.shape.problem) : 0),
      0,
    );
    if (halo === 'cached') expect(macs).toBe(macCount(operator.shape.problem));
    else expect(macs).toBeGreaterThanOrEqual(macCount(operator.shape.problem));
  }
}
