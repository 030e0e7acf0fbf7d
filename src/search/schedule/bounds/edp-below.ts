import { type EnergyAndCycles, edpOf } from '../../../util/network-totals.ts';
import { EDP } from '../../mapping/objective.ts';
import { ROUNDING } from '../step-labels.ts';
import { type SupportingLine, worstCorner } from './line-bound.ts';

/** The point with the least energy + lambda * cycles of a set, and what no point of it falls below. */
export interface WeighedPoint {
  /** Null: not known yet; asked again, more is known. */
  readonly point: EnergyAndCycles | null;
  readonly lowerBound: number;
}

/** The EDP that lines lead to; or that it is no less than the cutoff. */
export type EdpBelow = { readonly kind: 'found'; readonly best: EnergyAndCycles } | { readonly kind: 'above' };

/** A line tells enough of points whose energy per cycle is within this factor of its weight. */
const NEAR = 2;

/**
 * A point with little EDP of a set whose energies and cycles may be weighed, as far as it lies below a cutoff: the point with the least weighed sum, for a weight near
 * its own energy per cycle. Along EDP = constant that is the weight of the tangent, so the point is a corner of the lower hull about where EDP is least; whether
 * another corner has less is not asked, as the lines that prove it take most of the work. What lies far above the cutoff is mostly known after a part of one line.
 * What is found does not depend on the cutoff.
 *
 * Yields the weight (pJ per cycle) whose line it wants to know, or to know more of.
 * @param least no point has less energy, or fewer cycles
 * @param first weight to begin with, > 0
 * @param cutoff EDP from which on nothing matters; may fall on the way
 */
export function* edpBelowSteps(
  least: EnergyAndCycles,
  first: number,
  cutoff: () => number,
): Generator<number, EdpBelow, WeighedPoint> {
  const lines: (SupportingLine & { readonly lambda: number })[] = [];
  let best: EnergyAndCycles | null = null;
  /** Whether the lines and a further one leave nothing below the cutoff. */
  const isAbove = (further: readonly SupportingLine[] = []): boolean =>
    worstCorner([...lines, ...further], least, EDP.value).value >= cutoff() * (1 - ROUNDING);
  let lambda = first;
  while (!isAbove() && !lines.some((line) => Math.max(line.lambda / lambda, lambda / line.lambda) <= NEAR)) {
    let answer: WeighedPoint = yield lambda;
    while (answer.point === null && !isAbove([{ lambda, lowerBound: answer.lowerBound, at: null }]))
      answer = yield lambda;
    const { point, lowerBound } = answer;
    if (point === null) break;
    if (best === null || edpOf(point) < edpOf(best)) best = point;
    lines.push({ lambda, lowerBound, at: null });
    lambda = best.energyPj / best.cycles;
  }
  return best === null || edpOf(best) >= cutoff() ? { kind: 'above' } : { kind: 'found', best };
}
