/** A point of a curve. */
export interface SeriesPoint {
  readonly x: number;
  readonly y: number;
}

/**
 * A curve of bounded length over a run of any length: once it is full, neighbours are merged in pairs and every further point
 * stands for twice as many values, so that all parts of the run keep the same resolution.
 */
export interface BoundedSeries {
  readonly points: readonly SeriesPoint[];
  /** Values that one point stands for: 1, 2, 4, ... */
  readonly stride: number;
  /** Values in the last point, 1 to `stride`; 0 without points. */
  readonly lastCount: number;
}

/** Merge of values that share a point: the latest, or their geometric mean (values > 0). */
export type SeriesMerge = 'latest' | 'geometric-mean';

/** Most points of a series; the widest terminal shows 2 per column. */
export const SERIES_LIMIT = 1024;

/** A series without points. */
export const EMPTY_SERIES: BoundedSeries = { points: [], stride: 1, lastCount: 0 };

/** The series with one more value. A merged point lies at the x of its latest value. @param limit most points, even and >= 2 */
export function appendToSeries(
  series: BoundedSeries,
  point: SeriesPoint,
  merge: SeriesMerge,
  limit = SERIES_LIMIT,
): BoundedSeries {
  const { points, stride, lastCount } = series;
  const last = points.at(-1);
  if (last !== undefined && lastCount < stride) {
    const merged = mergePoints(last, lastCount, point, 1, merge);
    return { points: [...points.slice(0, -1), merged], stride, lastCount: lastCount + 1 };
  }
  if (points.length < limit) return { points: [...points, point], stride, lastCount: 1 };
  const halved: SeriesPoint[] = [];
  for (let i = 0; i < points.length; i += 2)
    halved.push(mergePoints(points[i]!, stride, points[i + 1]!, stride, merge));
  return { points: [...halved, point], stride: 2 * stride, lastCount: 1 };
}

function mergePoints(
  first: SeriesPoint,
  firstCount: number,
  second: SeriesPoint,
  secondCount: number,
  merge: SeriesMerge,
): SeriesPoint {
  if (merge === 'latest') return second;
  const log = (Math.log(first.y) * firstCount + Math.log(second.y) * secondCount) / (firstCount + secondCount);
  return { x: second.x, y: Math.exp(log) };
}
