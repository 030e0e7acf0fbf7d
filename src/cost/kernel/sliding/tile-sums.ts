import { filterPeriod, outputPeriod } from '../equal-tiles.ts';
import type { KernelState, NestSizes } from '../kernel-state.ts';
import { DIM_COUNT, type KernelModel } from '../model.ts';
import { classifyTiles, combineClasses, liveTiles, measureClasses } from '../ragged/edge-classes.ts';
import { unitedAxisSum } from '../ragged/united-tiles.ts';
import { type AxisSum, COUNT_TILES, EVERY_CHILD, isWeighted, MEASURE_TILES } from './axis-sum.ts';
import { needsUnion } from './collisions.ts';
import { perfectAxisSum } from './perfect-axis-sum.ts';

/**
 * Sum over the free tiles of an axis of the stored words that each shares with the tile it is compared with: the last one reached by the
 * loops inside the cut (COMPARE_WRAP), or the last one before the loop at the cut advanced. Nothing inside the cut: the tile's own words.
 * COUNT_TILES counts the live tiles instead, MEASURE_TILES the requests of their runs.
 */
export function sumTiles(model: KernelModel, state: KernelState, sum: AxisSum, compare: number): number {
  sum.compare = compare;
  const { outer, boundary } = sum;
  if (sum.children === EVERY_CHILD) return rangeSum(model, state, sum);
  return needsUnion(state.nest, sum, outer, boundary)
    ? unitedAxisSum(model, state, sum)
    : groupSum(model, state, sum, outer);
}

function isRagged(nest: NestSizes, d: number): boolean {
  return ((nest.raggedDims >> d) & 1) !== 0;
}

/**
 * Groups of a level are pairs (i, j) of an output and a filter index; see `outputPeriod`. Of a group the member with the lowest i (the lowest
 * j when the filter dim is the ragged one) has the largest tile and stands for it; these members fill two rectangles.
 */
function groupSum(model: KernelModel, state: KernelState, sum: AxisSum, level: number): number {
  if (level > sum.boundary) return rangeSum(model, state, sum);
  const { rangeFrom, rangeTo, nest } = state;
  const { axis } = sum;
  if (((sum.collisions >> level) & 1) === 0) return groupSum(model, state, sum, level + 1);
  const byFilter = isRagged(nest, axis.filter);
  const row = level * DIM_COUNT;
  const first = row + (byFilter ? axis.filter : axis.output);
  const second = row + (byFilter ? axis.output : axis.filter);
  const m = nest.spatial[first]!;
  const n = nest.spatial[second]!;
  const outputs = outputPeriod(nest, axis, level);
  const filters = filterPeriod(nest, axis, level);
  const firstPeriod = byFilter ? filters : outputs;
  const secondPeriod = byFilter ? outputs : filters;
  const most = isWeighted(sum, level) ? Number.POSITIVE_INFINITY : 1;
  let total = 0;
  let touches = false;
  for (let k = 0; k < most && k * firstPeriod < m && k * secondPeriod < n; k++) {
    rangeFrom[first] = 0;
    rangeTo[first] = m - k * firstPeriod;
    rangeFrom[second] = Math.max(n - secondPeriod, k * secondPeriod);
    rangeTo[second] = n;
    total += groupSum(model, state, sum, level + 1);
    touches ||= sum.touches;
    if (n - secondPeriod > k * secondPeriod) {
      rangeTo[first] = Math.min(firstPeriod, m - k * firstPeriod);
      rangeFrom[second] = k * secondPeriod;
      rangeTo[second] = n - secondPeriod;
      total += groupSum(model, state, sum, level + 1);
      touches ||= sum.touches;
    }
  }
  rangeFrom[first] = 0;
  rangeTo[first] = m;
  rangeFrom[second] = 0;
  rangeTo[second] = n;
  sum.touches = touches;
  return total;
}

/** The sum over the spatial ranges that stand in the state. */
function rangeSum(model: KernelModel, state: KernelState, sum: AxisSum): number {
  const { axis, compare } = sum;
  const isMeasured = compare === MEASURE_TILES;
  if (!isMeasured && !isRagged(state.nest, axis.output) && !isRagged(state.nest, axis.filter))
    return perfectAxisSum(state, sum);
  const outputs = classifyTiles(model, state, sum, true);
  const filters = classifyTiles(model, state, sum, false);
  if (compare === COUNT_TILES) return liveTiles(outputs) * liveTiles(filters);
  if (isMeasured) return measureClasses(sum, outputs, filters);
  return combineClasses(sum, outputs, filters);
}
