import type { KernelState } from '../kernel-state.ts';
import { DIM_COUNT } from '../model.ts';
import { type AxisSum, COMPARE_FILTER_ADVANCE, COMPARE_OUTPUT_ADVANCE } from '../sliding/axis-sum.ts';
import { firstSharedWords } from '../sliding/axis-tiles.ts';

/**
 * Words that all tiles together lose to padding on one side that covers `depth` words from the first of them on; 0 when it covers none. What is lost are
 * words that the tile shares with an equal one that starts `move` >= 0 words from it. The loops look the same from either side, so this
 * serves both.
 */
export function clippedWords(state: KernelState, sum: AxisSum, depth: number, move: number): number {
  if (depth <= 0) return 0;
  return depth === 1 && !sum.axis.hasGaps ? 1 : countClipped(state, sum, depth, move);
}

function countClipped(state: KernelState, sum: AxisSum, depth: number, move: number): number {
  const { rangeFrom, rangeTo, starts } = state;
  const { steps, extents } = state.nest;
  const { temporal } = state.packed;
  const { axis, boundary, outputCut, filterCut, compare } = sum;
  starts.fill(0, 0, depth);
  starts[0] = 1;
  for (let level = 0; level <= boundary; level++) {
    const output = level * DIM_COUNT + axis.output;
    const filter = level * DIM_COUNT + axis.filter;
    const advances = level === outputCut && compare === COMPARE_OUTPUT_ADVANCE;
    const outputTrips = level < outputCut ? temporal[output]! : advances ? temporal[output]! - 1 : 1;
    const filterAdvances = level === filterCut && compare === COMPARE_FILTER_ADVANCE;
    const filterTrips = level < filterCut ? temporal[filter]! : filterAdvances ? temporal[filter]! - 1 : 1;
    addDigit(starts, depth, steps[output]! * axis.stride, outputTrips);
    addDigit(starts, depth, steps[filter]! * axis.dilation, filterTrips);
    addDigit(starts, depth, extents[output + DIM_COUNT]! * axis.stride, rangeTo[output]! - rangeFrom[output]!);
    addDigit(starts, depth, extents[filter + DIM_COUNT]! * axis.dilation, rangeTo[filter]! - rangeFrom[filter]!);
  }
  const child = (boundary + 1) * DIM_COUNT;
  const outputs = extents[child + axis.output]!;
  const filters = extents[child + axis.filter]!;
  let lost = 0;
  for (let start = 0; start < depth; start++)
    if (starts[start] !== 0) lost += starts[start]! * firstSharedWords(axis, outputs, filters, move, depth - start);
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
