import type { PackedMapping } from '../packed-mapping.ts';
import { greatestCommonDivisor, isMulticast } from './groups.ts';
import { DIM_COUNT, INPUTS, type KernelModel, type SlidingAxis } from './model.ts';
import {
  COMPARE_FILTER_ADVANCE,
  COMPARE_OUTPUT_ADVANCE,
  COUNT_TILES,
  classifyTiles,
  combineClasses,
  EVERY_CHILD,
  EVERY_MEMBER,
  EVERY_SERVED,
  liveTiles,
} from './padded/edges.ts';
import { perfectAxisSum } from './padded/padding.ts';
import { unionAxisSum } from './ragged/union.ts';
import type { KernelState } from './state.ts';

/** Positions of the two dims of a sliding axis at which its sums are cut, and the children that they run over. */
export interface AxisCut {
  /** Levels whose temporal loop over the output (filter) dim lies outside the cut. */
  output: number;
  filter: number;
  /**
   * EVERY_CHILD with its own tiles; EVERY_GROUP: once per distinct shift, with the union of the tiles; EVERY_SERVED: the same times the children
   * of the outer level that share it; EVERY_MEMBER: times all children that share it.
   */
  children: number;
  /** Outermost level of the transfer. */
  outer: number;
}

/** Sets the children of levels from..boundary free on both dims of an axis and those outside to index 0. */
export function setRanges(state: KernelState, axis: SlidingAxis, from: number, boundary: number): void {
  const { rangeFrom, rangeTo, spatial } = state;
  for (let level = 0; level <= boundary; level++) {
    const row = level * DIM_COUNT;
    rangeFrom[row + axis.output] = 0;
    rangeFrom[row + axis.filter] = 0;
    rangeTo[row + axis.output] = level < from ? 1 : spatial[row + axis.output]!;
    rangeTo[row + axis.filter] = level < from ? 1 : spatial[row + axis.filter]!;
  }
}

/** Whether different children of a level in outer..boundary have equal shifts on the axis and share accesses of Inputs. */
export function hasCollision(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  outer: number,
  boundary: number,
): boolean {
  for (let level = outer; level <= boundary; level++) if (collides(model, state, packed, axis, level)) return true;
  return false;
}

function collides(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  level: number,
): boolean {
  const row = level * DIM_COUNT;
  const m = state.spatial[row + axis.output]!;
  const n = state.spatial[row + axis.filter]!;
  if (m === 1 || n === 1 || !isMulticast(model, packed, level, INPUTS)) return false;
  const a = axis.stride * state.extents[row + DIM_COUNT + axis.output]!;
  const b = axis.dilation * state.extents[row + DIM_COUNT + axis.filter]!;
  const divisor = greatestCommonDivisor(a, b);
  return m > b / divisor && n > a / divisor;
}

/**
 * Sum over the free tiles of an axis of the stored words that each shares with the tile it is compared with: the last one reached by the
 * loops inside the cut (COMPARE_WRAP), or the last one before the loop at the cut advanced. Nothing inside the cut: the tile's own words.
 * COUNT_TILES counts the live tiles instead.
 */
export function axisSum(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  boundary: number,
  cut: AxisCut,
  compare: number,
): number {
  if (cut.children === EVERY_CHILD) return rangeSum(model, state, packed, axis, boundary, cut, compare);
  if (isDoublyRagged(state, axis) && hasCollision(model, state, packed, axis, cut.outer, boundary)) {
    const { union } = state;
    union.boundary = boundary;
    union.outputCut = cut.output;
    union.filterCut = cut.filter;
    union.compare = compare;
    union.outer = cut.outer;
    union.children = cut.children;
    union.multicastLevels = 0;
    for (let level = 0; level <= boundary; level++)
      if (isMulticast(model, packed, level, INPUTS)) union.multicastLevels |= 1 << level;
    return unionAxisSum(model, state, axis);
  }
  return sumGroups(model, state, packed, axis, boundary, cut, compare, cut.outer);
}

/** Whether both dims of an axis are ragged. */
export function isDoublyRagged(state: KernelState, axis: SlidingAxis): boolean {
  return ((state.ragged >> axis.output) & (state.ragged >> axis.filter) & 1) !== 0;
}

/**
 * Groups of a level are pairs (i, j) of an output and a filter index, (i + b', j - a') being the same shift. Of a group the member with the
 * lowest i (the lowest j when the filter dim is the ragged one) has the largest tile and stands for it; these members fill two rectangles.
 */
function sumGroups(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  boundary: number,
  cut: AxisCut,
  compare: number,
  level: number,
): number {
  if (level > boundary) return rangeSum(model, state, packed, axis, boundary, cut, compare);
  if (!collides(model, state, packed, axis, level))
    return sumGroups(model, state, packed, axis, boundary, cut, compare, level + 1);
  const { rangeFrom, rangeTo, spatial, extents } = state;
  const byFilter = ((state.ragged >> axis.filter) & 1) !== 0;
  const row = level * DIM_COUNT;
  const first = row + (byFilter ? axis.filter : axis.output);
  const second = row + (byFilter ? axis.output : axis.filter);
  const m = spatial[first]!;
  const n = spatial[second]!;
  const a = axis.stride * extents[row + DIM_COUNT + axis.output]!;
  const b = axis.dilation * extents[row + DIM_COUNT + axis.filter]!;
  const divisor = greatestCommonDivisor(a, b);
  const firstStride = (byFilter ? a : b) / divisor;
  const secondStride = (byFilter ? b : a) / divisor;
  const isWeighted = cut.children === EVERY_MEMBER || (cut.children === EVERY_SERVED && level === cut.outer);
  let sum = 0;
  let touches = false;
  for (let k = 0; k === 0 || (isWeighted && k * firstStride < m && k * secondStride < n); k++) {
    rangeFrom[first] = 0;
    rangeTo[first] = m - k * firstStride;
    rangeFrom[second] = Math.max(n - secondStride, k * secondStride);
    rangeTo[second] = n;
    sum += sumGroups(model, state, packed, axis, boundary, cut, compare, level + 1);
    touches ||= state.touches;
    if (n - secondStride > k * secondStride) {
      rangeTo[first] = Math.min(firstStride, m - k * firstStride);
      rangeFrom[second] = k * secondStride;
      rangeTo[second] = n - secondStride;
      sum += sumGroups(model, state, packed, axis, boundary, cut, compare, level + 1);
      touches ||= state.touches;
    }
  }
  rangeFrom[first] = 0;
  rangeTo[first] = m;
  rangeFrom[second] = 0;
  rangeTo[second] = n;
  state.touches = touches;
  return sum;
}

/** The sum over the spatial ranges that stand in the state. */
function rangeSum(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  boundary: number,
  cut: AxisCut,
  compare: number,
): number {
  if ((((state.ragged >> axis.output) | (state.ragged >> axis.filter)) & 1) === 0)
    return perfectAxisSum(state, packed, axis, boundary, cut.output, cut.filter, compare);
  const { outputClasses, filterClasses } = state;
  classifyTiles(
    model,
    state,
    axis.output,
    axis === model.rows ? state.limits.rowOutput : state.limits.columnOutput,
    boundary,
    cut.output,
    compare === COMPARE_OUTPUT_ADVANCE,
    outputClasses,
  );
  classifyTiles(
    model,
    state,
    axis.filter,
    axis === model.rows ? state.limits.rowFilter : state.limits.columnFilter,
    boundary,
    cut.filter,
    compare === COMPARE_FILTER_ADVANCE,
    filterClasses,
  );
  if (compare === COUNT_TILES) return liveTiles(outputClasses) * liveTiles(filterClasses);
  return combineClasses(state, axis, outputClasses, filterClasses);
}
