import type { PackedMapping } from '../../packed-mapping.ts';
import { DIM_COUNT, type SlidingAxis } from '../model.ts';
import type { KernelState } from '../state.ts';
import { COMPARE_FILTER_ADVANCE, COMPARE_OUTPUT_ADVANCE, COUNT_TILES } from './edges.ts';

/**
 * The sum that `axisSum` defines, over the state's ranges, for an axis whose two dims have perfect factors. All tiles are alike then, so the
 * sum is a product but for words outside the stored ones. Tiles start at the sums of one digit per loop; only digits that move by less
 * than the padding matter at its edges, so those few starts are counted one by one.
 */
export function perfectAxisSum(
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  boundary: number,
  outputCut: number,
  filterCut: number,
  compare: number,
): number {
  const { steps, extents, rangeFrom, rangeTo } = state;
  const { temporal } = packed;
  const { stride, dilation } = axis;
  let count = 1;
  let lowest = 0;
  let reach = 0;
  let wrapped = 0;
  let advance = 0;
  for (let level = 0; level <= boundary; level++) {
    const output = level * DIM_COUNT + axis.output;
    const filter = level * DIM_COUNT + axis.filter;
    const outputTrips = temporal[output]!;
    const filterTrips = temporal[filter]!;
    if (outputTrips !== 1) {
      const move = steps[output]! * stride;
      if (level < outputCut) {
        count *= outputTrips;
        reach += (outputTrips - 1) * move;
      } else if (compare === COMPARE_OUTPUT_ADVANCE && level === outputCut) {
        count *= outputTrips - 1;
        reach += (outputTrips - 2) * move;
        advance = move;
      } else wrapped += (outputTrips - 1) * move;
    }
    if (filterTrips !== 1) {
      const move = steps[filter]! * dilation;
      if (level < filterCut) {
        count *= filterTrips;
        reach += (filterTrips - 1) * move;
      } else if (compare === COMPARE_FILTER_ADVANCE && level === filterCut) {
        count *= filterTrips - 1;
        reach += (filterTrips - 2) * move;
        advance = move;
      } else wrapped += (filterTrips - 1) * move;
    }
    const outputMove = extents[output + DIM_COUNT]! * stride;
    const filterMove = extents[filter + DIM_COUNT]! * dilation;
    const outputs = rangeTo[output]! - rangeFrom[output]!;
    const filters = rangeTo[filter]! - rangeFrom[filter]!;
    count *= outputs * filters;
    reach += (outputs - 1) * outputMove + (filters - 1) * filterMove;
    lowest += rangeFrom[output]! * outputMove + rangeFrom[filter]! * filterMove;
  }
  if (compare === COUNT_TILES) return count;
  const child = (boundary + 1) * DIM_COUNT;
  const width = stride * (extents[child + axis.output]! - 1) + dilation * (extents[child + axis.filter]! - 1) + 1;
  const move = advance === 0 ? wrapped : wrapped - advance;
  const start = Math.max(0, move);
  const words = Math.min(width, width + move) - start;
  state.touches = words > 0;
  if (words <= 0) return 0;
  if (!axis.padded) return count * words;
  const below = axis.storedFrom - (lowest + advance + start);
  const above = lowest + advance + reach + start + words - axis.storedTo;
  let clipped = 0;
  if (below > 0)
    clipped +=
      below === 1 ? 1 : clippedWords(state, packed, axis, boundary, outputCut, filterCut, compare, below, words);
  if (above > 0)
    clipped +=
      above === 1 ? 1 : clippedWords(state, packed, axis, boundary, outputCut, filterCut, compare, above, words);
  return count * words - clipped;
}

/**
 * Words that all tiles of `words` words together lose to padding on one side that covers `depth` words of the first of them. The loops
 * look the same from either side, so this serves both.
 */
export function clippedWords(
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  boundary: number,
  outputCut: number,
  filterCut: number,
  compare: number,
  depth: number,
  words: number,
): number {
  const { steps, extents, rangeFrom, rangeTo, starts } = state;
  const { temporal } = packed;
  starts.fill(0, 0, depth);
  starts[0] = 1;
  for (let level = 0; level <= boundary; level++) {
    const output = level * DIM_COUNT + axis.output;
    const filter = level * DIM_COUNT + axis.filter;
    addDigit(
      starts,
      depth,
      steps[output]! * axis.stride,
      level < outputCut
        ? temporal[output]!
        : compare === COMPARE_OUTPUT_ADVANCE && level === outputCut
          ? temporal[output]! - 1
          : 1,
    );
    addDigit(
      starts,
      depth,
      steps[filter]! * axis.dilation,
      level < filterCut
        ? temporal[filter]!
        : compare === COMPARE_FILTER_ADVANCE && level === filterCut
          ? temporal[filter]! - 1
          : 1,
    );
    addDigit(starts, depth, extents[output + DIM_COUNT]! * axis.stride, rangeTo[output]! - rangeFrom[output]!);
    addDigit(starts, depth, extents[filter + DIM_COUNT]! * axis.dilation, rangeTo[filter]! - rangeFrom[filter]!);
  }
  let lost = 0;
  for (let start = 0; start < depth; start++) lost += starts[start]! * Math.min(depth - start, words);
  return lost;
}

/** Spreads the counts of starts below `depth` over a loop's indices. */
function addDigit(starts: Float64Array, depth: number, move: number, trips: number): void {
  if (trips === 1 || move >= depth) return;
  for (let start = depth - 1; start >= move; start--) {
    let count = starts[start]!;
    for (let k = 1; k < trips && k * move <= start; k++) count += starts[start - k * move]!;
    starts[start] = count;
  }
}
