import { expect } from 'vitest';
import { planSegment } from '../../../src/schedule/plan.ts';
import { isUnfit } from '../../../src/schedule/retention.ts';
import type { Home, Placement, Segment } from '../../../src/schedule/schedule.ts';
import { stepExtras } from '../../../src/schedule/step-extras.ts';
import type { StepKind } from '../../../src/schedule/step-kind.ts';
import { type Choice, Choices } from '../../../src/search/schedule/choices.ts';
import { Cuts } from '../../../src/search/schedule/cuts.ts';
import { leastExtras } from '../../../src/search/schedule/least-extras.ts';
import { OperatorFloors } from '../../../src/search/schedule/operator-floors.ts';
import type { ScheduleQuestion } from '../../../src/search/schedule/search-schedule.ts';
import { StepLabels } from '../../../src/search/schedule/step-labels.ts';
import type { Random } from '../../../src/util/random.ts';

/** All that a search is made of before it asks for anything. */
export function partsOf(question: ScheduleQuestion) {
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
  const choices = new Choices({ sequence, retention, cuts, space, pricing, floors });
  return { labels, extras, floors, cuts, choices };
}

/** Decides a choice to its end at random; null where some choice on the way has nothing that can run. */
export function decided(choices: Choices, range: Choice, random: Random): Choice | null {
  let choice = range;
  while (choice.segment === null || choice.open.length > 0) {
    const made = choices.decide(choice);
    if (made.length === 0) return null;
    choice = made[random.nextInt(made.length)]!;
  }
  return choice;
}

/** Where the operands of a choice are. */
export function placementOf(
  { sequence }: ScheduleQuestion,
  { retained, border, pinned, first, end }: Choice,
): Placement {
  const homes = sequence.storages.map((_, s): Home => {
    if (end - first > 1 && border.inside.includes(s)) return 'fused';
    return retained.has(s) ? 'retained' : 'outermost';
  });
  return { homes, isPinned: (operator) => pinned.includes(operator) };
}

/** Expects the steps of a decided choice to be those of the plan of its segment: their counts, room, labels and extras. */
export function expectPlanned(
  question: ScheduleQuestion,
  { labels, extras }: ReturnType<typeof partsOf>,
  choice: Choice,
): void {
  const { sequence, retention } = question;
  const { first } = choice;
  const plan = planSegment(sequence, retention, placementOf(question, choice), choice.segment as Segment);
  if (isUnfit(plan)) throw new Error(plan.reason);
  const line = (at: number, fixedBits: number, label: number | undefined, own: unknown) =>
    JSON.stringify([at, fixedBits, label ?? null, own]);
  const expected = new Map<string, number>();
  const add = (lines: Map<string, number>, key: string, count: number) => lines.set(key, (lines.get(key) ?? 0) + count);
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
  const { kinds, fixedBits } = choice.way.steps;
  for (const [i, { at, count, labels: own, extras: costs }] of kinds.entries()) {
    expect(own.length).toBeLessThanOrEqual(1);
    add(found, line(at, fixedBits[i]!, own[0], costs[0]), count);
  }
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
}
