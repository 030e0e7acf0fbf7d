import { areaMm2 } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import { designOf } from '../../search/network/cosearch-context.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { BaselineEvent } from '../../search/run-events.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { baselineViolations } from '../design/baseline.ts';
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
function baselineResult(inputs: CosearchInputs, baselines: readonly BaselineEvent[]): ScoredDesign | null {
  const { template, technology, reference } = inputs;
  const { floorPercent } = inputs.request;
  const accelerator = buildAccelerator(template, technology);
  const { top1Percent } = reference;
  if (floorPercent !== null && (top1Percent === null || top1Percent < floorPercent)) return null;
  if (baselineViolations(inputs).length > 0) return null;
  return {
    trial: BASELINE_TRIAL,
    score: 1,
    design: designOf(accelerator),
    specification: template,
    networks: baselines.find(({ which }) => which === 'optimal')!.networks,
    areaMm2: areaMm2(accelerator),
  };
}
