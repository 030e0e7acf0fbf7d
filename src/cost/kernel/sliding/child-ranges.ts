import type { KernelState } from '../kernel-state.ts';
import { DIM_COUNT, type SlidingAxis } from '../model.ts';

/** Sets the children of levels from..boundary free on both dims of an axis and those outside to index 0. */
export function setRanges(state: KernelState, axis: SlidingAxis, from: number, boundary: number): void {
  const { rangeFrom, rangeTo } = state;
  const { spatial } = state.nest;
  for (let level = 0; level <= boundary; level++) {
    const row = level * DIM_COUNT;
    rangeFrom[row + axis.output] = 0;
    rangeFrom[row + axis.filter] = 0;
    rangeTo[row + axis.output] = level < from ? 1 : spatial[row + axis.output]!;
    rangeTo[row + axis.filter] = level < from ? 1 : spatial[row + axis.filter]!;
  }
}

/** Moves the ranges of the levels outside `from` to the next instance along an axis; false after the last, back at the first. */
export function nextInstance(state: KernelState, axis: SlidingAxis, from: number): boolean {
  const { rangeFrom, rangeTo } = state;
  const { spatial } = state.nest;
  for (let level = 0; level < from; level++)
    for (let pick = 0; pick < 2; pick++) {
      const at = level * DIM_COUNT + (pick === 0 ? axis.output : axis.filter);
      if (rangeTo[at]! < spatial[at]!) {
        rangeFrom[at]! += 1;
        rangeTo[at]! += 1;
        return true;
      }
      rangeFrom[at] = 0;
      rangeTo[at] = 1;
    }
  return false;
}
