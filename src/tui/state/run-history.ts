import type { GenerationEvent } from '../../search/ports.ts';
import { evaluatedCount } from '../../search/run-figures.ts';
import { geometricMean } from '../../util/geometric-mean.ts';
import { addDesignPoints, type DesignPoints, NO_POINTS, toDesignPoint } from './design-points.ts';
import { appendToSeries, type BoundedSeries, EMPTY_SERIES } from './series.ts';

/** The course of a search, of bounded size. x of both curves: accelerators evaluated. */
export interface RunHistory {
  /** EDP in pJ * cycles of the best design. */
  readonly bestEdp: BoundedSeries;
  /** Geometric mean of the EDP of a generation's scored designs. */
  readonly meanEdp: BoundedSeries;
  readonly points: DesignPoints;
}

/** A search before its first generation. */
export const NO_HISTORY: RunHistory = { bestEdp: EMPTY_SERIES, meanEdp: EMPTY_SERIES, points: NO_POINTS };

/** The course with one more generation. */
export function addToHistory(history: RunHistory, { counters, best, trials }: GenerationEvent): RunHistory {
  const x = evaluatedCount(counters);
  const points = trials.flatMap((record) => toDesignPoint(record) ?? []);
  const append = (series: BoundedSeries, edps: readonly number[], merge: 'latest' | 'geometric-mean') =>
    edps.length === 0 ? series : appendToSeries(series, { x, y: geometricMean(edps) }, merge);
  return {
    bestEdp: append(history.bestEdp, best?.networks.map((network) => network.edpPjCycles) ?? [], 'latest'),
    meanEdp: append(
      history.meanEdp,
      points.map((point) => point.edpPjCycles),
      'geometric-mean',
    ),
    points: addDesignPoints(history.points, points),
  };
}
