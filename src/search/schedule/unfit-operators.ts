import type { Retention } from '../../schedule/retention.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { Choices } from './choices.ts';
import type { StepLabels } from './step-labels.ts';
import type { LabelSteps } from './supporting-schedule.ts';

/** Operators that are named at most. */
const MOST_NAMED = 3;

/**
 * Why no schedule fits: which operators have no mapping even with the whole retention level to themselves, and what each lacks. Where all have one, the schedule
 * that runs each on its own fits; so without a schedule there are some.
 */
export function* unfitReason(
  { operators }: Sequence,
  { capacityBits }: Pick<Retention, 'capacityBits'>,
  choices: Choices,
  labels: StepLabels,
): LabelSteps<string> {
  const room = capacityBits ?? Number.POSITIVE_INFINITY;
  const unfit = operators.flatMap(({ name }, operator) => {
    const alone = choices.ofOperator(operator).find(({ retained, pinned }) => retained.size + pinned.length === 0);
    const label = alone?.way.steps.kinds.flatMap((step) => step.labels)[0];
    return label === undefined || labels.rangeOf(label, null, room).lower < Number.POSITIVE_INFINITY
      ? []
      : [{ name, label }];
  });
  const named = unfit.slice(0, MOST_NAMED);
  if (named.length === 0) return 'no schedule fits';
  const outcomes = yield named.map(({ label }) => labels.askWhy(label));
  const reasons = named.map(({ name, label }, i) => {
    const outcome = outcomes?.[i];
    return `${name}: ${outcome?.kind === 'none' && !outcome.isStopped ? outcome.reason : labels.reasonOf(label)}`;
  });
  const others = unfit.length - named.length;
  return `no schedule fits: ${reasons.join('; ')}${others > 0 ? `; and ${others} more` : ''}`;
}
