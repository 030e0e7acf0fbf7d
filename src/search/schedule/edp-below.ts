import type { EnergyAndCycles } from '../../util/network-totals.ts';
import { EDP } from '../mapping/objective.ts';
import { cuttingLambda, type SupportingLine, worstCorner } from './line-bound.ts';
import { ROUNDING, weighed } from './step-labels.ts';

/** The point with the least energy + lambda * cycles of a set (null: with the fewest cycles), and what no point of it falls below. */
export interface WeighedPoint {
  readonly point: EnergyAndCycles;
  readonly lowerBound: number;
}

/** The least EDP of a set; or that it is no less than the cutoff. */
export type EdpBelow = { readonly kind: 'found'; readonly best: EnergyAndCycles } | { readonly kind: 'above' };

/**
 * Least EDP of a set of points whose energies and cycles may be weighed, as far as it lies below a cutoff: the worst corner of what the lines leave is cut by the
 * next one, until no corner is below the best point met or the cutoff. What lies far above the cutoff is mostly known after one line.
 *
 * Yields the weight (pJ per cycle; null: cycles alone) whose line it wants to know.
 * @param least no point has less energy, or fewer cycles
 * @param first weight to begin with, > 0
 * @param cutoff EDP from which on nothing matters; may fall on the way
 */
export function* edpBelowSteps(
  least: EnergyAndCycles,
  first: number,
  cutoff: () => number,
): Generator<number | null, EdpBelow, WeighedPoint> {
  const lines: SupportingLine[] = [];
  let best: EnergyAndCycles | null = null;
  for (;;) {
    const corner = worstCorner(lines, least, EDP.value);
    const mark = Math.min(best === null ? Number.POSITIVE_INFINITY : edpOf(best), cutoff());
    if (corner.value >= mark * (1 - ROUNDING)) break;
    const lambda = lines.length === 0 ? first : cuttingLambda(corner);
    // A line that is known already cuts nothing.
    if (lines.some((line) => line.lambda === lambda)) break;
    const { point, lowerBound }: WeighedPoint = yield lambda;
    if (best === null || edpOf(point) < edpOf(best)) best = point;
    const isProven = lowerBound >= weighed(lambda, point.energyPj, point.cycles) * (1 - ROUNDING);
    lines.push({ lambda, lowerBound, at: isProven ? point : null });
  }
  return best === null || edpOf(best) >= cutoff() ? { kind: 'above' } : { kind: 'found', best };
}

function edpOf({ energyPj, cycles }: EnergyAndCycles): number {
  return energyPj * cycles;
}
