import { areaMm2 } from '../../accelerator/accelerator.ts';
import { type Budget, checkBudget } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { CandidateEvaluator, NetworkFigures, ScoredDesign } from '../ports.ts';
import { BASELINE_TRIAL } from '../trials.ts';
import { designOfSpecification } from './accelerator-encoding.ts';
import { isDesign } from './design-levels.ts';
import { scoreOf } from './network-score.ts';

/** Figures of the baseline, the accelerator that searched designs are compared with. Both belong into every claim. */
export interface Baselines {
  /** With the best mapping of every layer: the honest comparison, and the reference of the score. */
  readonly optimal: readonly NetworkFigures[];
  /** With its published dataflow: what papers compare with. */
  readonly published?: readonly NetworkFigures[];
}

/**
 * The baseline as a scored design (score 1), for a search that must not end worse than it.
 * @param optimal its figures with its best mappings
 * @returns null where it does not keep the budget, or has other levels than designs have
 */
export function baselineDesign(
  specification: AcceleratorSpecification,
  technology: Technology,
  budget: Budget,
  optimal: readonly NetworkFigures[],
): ScoredDesign | null {
  if (!isDesign(specification)) return null;
  const accelerator = buildAccelerator(specification, technology);
  if (checkBudget(accelerator, budget).length > 0) return null;
  return {
    trial: BASELINE_TRIAL,
    score: 1,
    design: designOfSpecification(specification),
    specification,
    networks: optimal,
    areaMm2: areaMm2(accelerator),
  };
}

/**
 * Figures of an accelerator with the mappings of the evaluator.
 * @throws TrifoldError `infeasible` if a layer cannot be mapped
 */
export async function evaluateBaseline(
  specification: AcceleratorSpecification,
  networkCount: number,
  evaluator: CandidateEvaluator,
): Promise<readonly NetworkFigures[]> {
  const baselineEdps = Array.from({ length: networkCount }, () => 1);
  const [result] = await evaluator.evaluateCandidates([
    { trial: BASELINE_TRIAL, specification, baselineEdps, cutoff: null },
  ]);
  if (result?.outcome === 'scored') return result.networks;
  const reason = result?.outcome === 'unmappable' ? result.reason : 'no result';
  throw new TrifoldError('infeasible', `${specification.name} cannot run the workload: ${reason}`);
}

/** How many times better than a baseline, as the geometric mean of the EDP ratios over the networks; > 1 = better. */
export function improvement(baseline: readonly NetworkFigures[], design: readonly NetworkFigures[]): number {
  const edps = (figures: readonly NetworkFigures[]) => figures.map((figure) => figure.edpPjCycles);
  return 1 / scoreOf(edps(design), edps(baseline));
}
