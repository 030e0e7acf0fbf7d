import type { Accelerator } from '../../accelerator/accelerator.ts';
import { exactSettings } from '../../search/mapping/map-layer.ts';
import { supportingObjective } from '../../search/mapping/network-optimum.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { mapStep } from '../../search/mapping/step-label.ts';
import type { NoSchedule, ScheduleOptimum, ScheduleSearch } from '../../search/schedule/search-schedule.ts';
import type { LabelAsk, LabelOutcome } from '../../search/schedule/step-labels.ts';

/** How steps are mapped: exactly, with perfect factors. */
export const EXACT = exactSettings({ factors: 'perfect' });

/** The best schedule of a search, with mappings searched on this thread. */
export function bestSchedule(
  search: ScheduleSearch,
  accelerator: Accelerator,
  objective: Objective,
): ScheduleOptimum | NoSchedule {
  const steps = search.best({ objective });
  let step = steps.next();
  while (step.done !== true) {
    const { lambda, asks } = step.value;
    step = steps.next(asks.map((ask) => mapped(ask, accelerator, lambda)));
  }
  return step.value;
}

function mapped({ shape }: LabelAsk, accelerator: Accelerator, lambda: number | null): LabelOutcome {
  const outcome = mapStep(shape, accelerator, supportingObjective(lambda), EXACT);
  if (outcome.kind === 'mapped')
    return { kind: 'mapped', mapped: outcome, lowerBound: outcome.proof.lowerBound ?? Number.NEGATIVE_INFINITY };
  if (outcome.kind === 'cut') return { kind: 'none', reason: 'the search was cut', isStopped: true };
  return { kind: 'none', reason: outcome.reason, isStopped: outcome.isTimeOut === true };
}
