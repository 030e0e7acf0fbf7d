import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSegment } from '../../../src/schedule/plan.ts';
import { isUnfit } from '../../../src/schedule/retention.ts';
import type { Home, Placement, Segment } from '../../../src/schedule/schedule.ts';
import { stepExtras } from '../../../src/schedule/step-extras.ts';
import type { StepKind } from '../../../src/schedule/step-kind.ts';
import { type Choice, Choices } from '../../../src/search/schedule/choices.ts';
import { Cuts } from '../../../src/search/schedule/cuts.ts';
import { sharedLoops } from '../../../src/search/schedule/declared-space.ts';
import { leastExtras } from '../../../src/search/schedule/least-extras.ts';
import { OperatorFloors } from '../../../src/search/schedule/operator-floors.ts';
import type { ScheduleQuestion } from '../../../src/search/schedule/search-schedule.ts';
import { StepLabels } from '../../../src/search/schedule/step-labels.ts';
import { Random } from '../../../src/util/random.ts';
import { doubled } from './doubled-sequence.ts';
import { smallQuestions } from './small-questions.ts';

/** All that a search is made of before it asks for anything. */
function partsOf(question: ScheduleQuestion) {
  const { sequence, accelerator, retention, space } = question;
  const labels = new StepLabels(accelerator, retention, 'perfect');
  const cuts = new Cuts(sequence, retention);
  const extras = (step: StepKind) => stepExtras(step, accelerator);
  const least = leastExtras(sequence, accelerator, retention);
  const floors = new OperatorFloors({
    ...{ sequence, accelerator, retention, pins: space.pins },
    extras: (operator) => least[operator]!,
  });
  const pricing = { labels, level: retention.level, extras };
  return { labels, extras, choices: new Choices({ sequence, retention, cuts, space, pricing, floors }) };
}

/** Decides a choice to its end at random; null where some choice on the way has nothing that can run. */
function decided(choices: Choices, range: Choice, random: Random): Choice | null {
  let choice = range;
  while (choice.segment === null || choice.open.length > 0) {
    const made = choices.decide(choice);
    if (made.length === 0) return null;
    choice = made[random.nextInt(made.length)]!;
  }
  return choice;
}

function placementOf({ sequence }: ScheduleQuestion, { retained, border, pinned, first, end }: Choice): Placement {
  const homes = sequence.storages.map((_, s): Home => {
    if (end - first > 1 && border.inside.includes(s)) return 'fused';
    return retained.has(s) ? 'retained' : 'outermost';
  });
  return { homes, isPinned: (operator) => pinned.includes(operator) };
}

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
        const { sequence, retention } = question;
        const { labels, extras, choices } = partsOf(question);
        const operators = sequence.operators.length;
        for (let first = 0; first < operators; first++)
          for (let end = first + 2; end <= operators; end++)
            for (const range of choices.ofRange(first, end)) {
              const looked = choices.decide(range).map(({ segment }) => segment!);
              const own = new Set(looked.map((one) => JSON.stringify(one)));
              const all = streamed(question, range);
              // What makes rows again is left out only where nothing is made again.
              const isOne = (segment: Segment) =>
                segment.halo === 'recomputed' && hasSamePlan(question, range, segment, { ...segment, halo: 'cached' });
              const needed = all.filter((one) => own.has(JSON.stringify(one)) || !isOne(one));
              expect(looked).toEqual(needed);
              const choice = decided(choices, range, random);
              if (choice === null) continue;
              const plan = planSegment(sequence, retention, placementOf(question, choice), choice.segment as Segment);
              if (isUnfit(plan)) throw new Error(plan.reason);
              const line = (at: number, fixedBits: number, label: number | undefined, own: unknown) =>
                JSON.stringify([at, fixedBits, label ?? null, own]);
              const expected = new Map<string, number>();
              const add = (lines: Map<string, number>, key: string, count: number) =>
                lines.set(key, (lines.get(key) ?? 0) + count);
              for (const step of plan.kinds)
                add(
                  expected,
                  line(
                    step.operator - first,
                    step.fixedBits,
                    step.kind === 'mac' ? labels.numberOf(step.shape, step) : undefined,
                    extras(step),
                  ),
                  step.count,
                );
              const found = new Map<string, number>();
              for (const { at, count, fixedBits, labels: own, extras: costs } of choice.way.steps) {
                expect(own.length).toBeLessThanOrEqual(1);
                add(found, line(at, fixedBits, own[0], costs[0]), count);
              }
              expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
              compared++;
            }
      }),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(40);
  });
});
