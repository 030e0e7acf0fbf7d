import { areaMm2 } from '../../accelerator/accelerator.ts';
import { checkBudget } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import { designOf } from '../../search/network/cosearch-context.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { BaselineEvent } from '../../search/run-events.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import type { CosearchInputs } from './inputs.ts';

/** The best that was found, or the baseline network on the baseline where nothing better was. */
export function foundOrBaseline(
  inputs: CosearchInputs,
  best: ScoredDesign | null,
  baselines: readonly BaselineEvent[],
): ScoredDesign | null {
  const isBehind = best === null || (!inputs.request.pareto && best.score > 1);
  return isBehind ? (baselineResult(inputs, baselines) ?? best) : best;
}

/** The baseline network on the baseline, where it keeps floor and budget. */
function baselineResult(
  { template, technology, budget, reference, request: { floorPercent } }: CosearchInputs,
  baselines: readonly BaselineEvent[],
): ScoredDesign | null {
  const accelerator = buildAccelerator(template, technology);
  const { top1Percent } = reference;
  if (floorPercent !== null && (top1Percent === null || top1Percent < floorPercent)) return null;
  if (budget !== null && checkBudget(accelerator, budget).length > 0) return null;
  return {
    trial: BASELINE_TRIAL,
    score: 1,
    design: designOf(accelerator),
    specification: template,
    networks: baselines.find(({ which }) => which === 'optimal')!.networks,
    areaMm2: areaMm2(accelerator),
  };
}
