import type { AccuracyEstimate, AccuracyPoint } from '../found-network.ts';
import { accuracyFront, type FrontCorner, hypervolume } from './exhaustive-front.ts';

/** What a front compares. */
export interface AccuracyFigures {
  readonly network: { readonly accuracy: Pick<AccuracyEstimate, 'top1Percent'> };
  readonly edpPjCycles: number;
}

/** Points that no other point beats in accuracy or EDP without losing in the other, by descending accuracy. */
export function mergeFront(
  front: readonly AccuracyPoint[],
  points: readonly AccuracyPoint[],
): readonly AccuracyPoint[] {
  if (points.length === 0) return front;
  const all = [...front, ...points];
  return accuracyFront(accuracyCosts(all)).map((index) => all[index]!);
}

/** Area that points cover against a corner, in points of accuracy x factors e of EDP; see {@link hypervolume}. */
export function frontVolume(points: readonly AccuracyFigures[], corner: FrontCorner): number {
  return hypervolume(accuracyCosts(points), corner);
}

/**
 * One figure for a front, lower = better: the EDP relative to `referenceEdp` that the front asks for, as the geometric mean over all accuracies
 * between the corner's and `topPercent`. Accuracies that the front does not reach count with the EDP of the corner.
 */
export function meanFrontRatio(volume: number, corner: FrontCorner, topPercent: number, referenceEdp: number): number {
  return (corner.cost / referenceEdp) * Math.exp(-volume / (topPercent - corner.accuracy));
}

function accuracyCosts(points: readonly AccuracyFigures[]) {
  return {
    accuracy: points.map(({ network }) => network.accuracy.top1Percent),
    cost: points.map(({ edpPjCycles }) => edpPjCycles),
  };
}
