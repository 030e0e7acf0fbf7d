import { type EnergyAndCycles, edpOf } from '../../util/network-totals.ts';
import { EDP } from '../mapping/objective.ts';
import { cuttingLambda, type SupportingLine, worstCorner } from './line-bound.ts';
import { ROUNDING, weighed } from './step-labels.ts';

/** The point with the least energy + lambda * cycles of a set (null: with the fewest cycles), and what no point of it falls below. */
export interface WeighedPoint {
  /** Null: not known yet; asked again, more is known. */
  readonly point: EnergyAndCycles | null;
  readonly lowerBound: number;
}

/** The least EDP of a set; or that it is no less than the cutoff. */
export type EdpBelow = { readonly kind: 'found'; readonly best: EnergyAndCycles } | { readonly kind: 'above' };

/**
 * Least EDP of a set of points whose energies and cycles may be weighed, as far as it lies below a cutoff: the worst corner of what the lines leave is cut by the
 * next one, until no corner is below the best point met or the cutoff. What lies far above the cutoff is mostly known after a part of one line: a line need not be
 * known to its end where what bounds it from below suffices. What is found does not depend on the cutoff.
 *
 * Yields the weight (pJ per cycle; null: cycles alone) whose line it wants to know, or to know more of.
 * @param least no point has less energy, or fewer cycles
 * @param first weight to begin with, > 0; `tolerance`: how far the EDP found may be above the least one
 * @param cutoff EDP from which on nothing matters; may fall on the way
 */
export function* edpBelowSteps(
  least: EnergyAndCycles,
  { first, tolerance }: { readonly first: number; readonly tolerance: number },
  cutoff: () => number,
): Generator<number | null, EdpBelow, WeighedPoint> {
  const lines: SupportingLine[] = [];
  let best: EnergyAndCycles | null = null;
  /** What is left by the lines and a further one. */
  const isDone = (further: readonly SupportingLine[] = []): boolean => {
    const mark = Math.min(best === null ? Number.POSITIVE_INFINITY : edpOf(best) * (1 - tolerance), cutoff());
    return worstCorner([...lines, ...further], least, EDP.value).value >= mark * (1 - ROUNDING);
  };
  while (!isDone()) {
    const lambda = lines.length === 0 ? first : cuttingLambda(worstCorner(lines, least, EDP.value));
    // A line that is known already cuts nothing.
    if (lines.some((line) => line.lambda === lambda)) break;
    let answer: WeighedPoint = yield lambda;
    while (answer.point === null && !isDone([{ lambda, lowerBound: answer.lowerBound, at: null }]))
      answer = yield lambda;
    const { point, lowerBound } = answer;
    if (point === null) break;
    if (best === null || edpOf(point) < edpOf(best)) best = point;
    const isProven = lowerBound >= weighed(lambda, point.energyPj, point.cycles) * (1 - ROUNDING);
    lines.push({ lambda, lowerBound, at: isProven ? point : null });
  }
  return best === null || edpOf(best) >= cutoff() ? { kind: 'above' } : { kind: 'found', best };
}
