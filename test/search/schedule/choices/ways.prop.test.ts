import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegment } from '../../../../src/schedule/plan.ts';
import { isUnfit } from '../../../../src/schedule/retention.ts';
import type { Segment } from '../../../../src/schedule/schedule.ts';
import type { Choice } from '../../../../src/search/schedule/choices.ts';
import { sharedLoops } from '../../../../src/search/schedule/declared-space.ts';
import type { ScheduleQuestion } from '../../../../src/search/schedule/search-schedule.ts';
import { Random } from '../../../../src/util/random.ts';
import { doubled } from '../doubled-sequence.ts';
import { decided, expectPlanned, partsOf, placementOf } from '../planned-ways.ts';
import { smallQuestions } from '../small-questions.ts';

/** The segments of a range that can run with nothing held or pinned. */
function streamed(question: ScheduleQuestion, range: Choice): Segment[] {
  const { sequence, retention, space } = question;
  const { first, end } = range;
  return [...sharedLoops(sequence, end - 1, space)]
    .flatMap((loops) => {
      const halos = loops.some(({ axis }) => axis === 'p' || axis === 'q') ? ['cached', 'recomputed'] : ['cached'];
      return (halos as Segment['halo'][]).map((halo): Segment => ({ first, end, loops, halo, held: [] }));
    })
    .filter((segment) => {
      const plan = planSegment(sequence, retention, placementOf(question, range), segment);
      const capacity = retention.capacityBits ?? Number.POSITIVE_INFINITY;
      return !isUnfit(plan) && plan.kinds.every(({ fixedBits }) => fixedBits <= capacity);
    });
}

function hasSamePlan(question: ScheduleQuestion, range: Choice, one: Segment, other: Segment): boolean {
  const placement = placementOf(question, range);
  const planOf = (segment: Segment) => planSegment(question.sequence, question.retention, placement, segment);
  const [plan, twin] = [planOf(one), planOf(other)];
  return !isUnfit(plan) && !isUnfit(twin) && isDeepStrictEqual(plan.kinds, twin.kinds);
}

describe('steps of ways', () => {
  // Killed by: halos that are left out although rows are made again, prices that forget a place, kept words of an overwritten tile, moves or copies, and ranges that are taken for alike.
  it('are those of the plan of their segment', () => {
    let compared = 0;
    fc.assert(
      fc.property(smallQuestions(40), fc.nat({ max: 2 ** 30 }), (single, seed) => {
        const random = Random.fromSeed(seed);
        const question = { ...single, sequence: doubled(single.sequence, random) };
        const parts = partsOf(question);
        const operators = question.sequence.operators.length;
        for (let first = 0; first < operators; first++)
          for (let end = first + 2; end <= operators; end++)
            for (const range of parts.choices.ofRange(first, end)) {
              const looked = parts.choices.decide(range).map(({ segment }) => segment!);
              const own = new Set(looked.map((one) => JSON.stringify(one)));
              const all = streamed(question, range);
              // What makes rows again is left out only where nothing is made again.
              const isOne = (segment: Segment) =>
                segment.halo === 'recomputed' && hasSamePlan(question, range, segment, { ...segment, halo: 'cached' });
              const needed = all.filter((one) => own.has(JSON.stringify(one)) || !isOne(one));
              expect(looked).toEqual(needed);
              const choice = decided(parts.choices, range, random);
              if (choice === null) continue;
              expectPlanned(question, parts, choice);
              compared++;
            }
      }),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(40);
  });
});
