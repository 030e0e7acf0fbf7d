import type { KernelState } from '../kernel-state.ts';
import { DIM_COUNT } from '../model.ts';
import { clippedWords } from '../padded/clipped-words.ts';
import { type AxisSum, COMPARE_FILTER_ADVANCE, COMPARE_OUTPUT_ADVANCE, COUNT_TILES } from './axis-sum.ts';
import { sharedWords, tileSpan } from './axis-tiles.ts';

/**
 * The sum over the state's ranges for an axis whose two dims have perfect factors. All tiles are alike then, so the sum is a product but for
 * words outside the stored ones. Tiles start at the sums of one digit per loop; only digits that move by less than the padding matter at its
 * edges, so those few starts are counted one by one.
 */
export function perfectAxisSum(state: KernelState, sum: AxisSum): number {
  const { rangeFrom, rangeTo } = state;
  const { steps, extents } = state.nest;
  const { temporal } = state.packed;
  const { axis, boundary, outputCut, filterCut, compare } = sum;
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
  const outputs = extents[child + axis.output]!;
  const filters = extents[child + axis.filter]!;
  const move = advance === 0 ? wrapped : wrapped - advance;
  const distance = Math.abs(move);
  const span = tileSpan(axis, outputs, filters) - distance;
  sum.touches = span > 0;
  if (span <= 0) return 0;
  const start = Math.max(0, move);
  const words = sharedWords(axis, outputs, filters, distance);
  if (!axis.padded) return count * words;
  const below = axis.storedFrom - (lowest + advance + start);
  const above = lowest + advance + reach + start + span - axis.storedTo;
  return count * words - (clippedWords(state, sum, below, distance) + clippedWords(state, sum, above, distance));
}
