import { type AxisCut, axisSum } from './kernel-axis.ts';
import { COMPARE_FILTER_ADVANCE, COMPARE_OUTPUT_ADVANCE, COMPARE_WRAP } from './kernel-edges.ts';
import { C, DIM_COUNT, G, K, type KernelModel, N, type SlidingAxis } from './kernel-model.ts';
import { skipLoop, startWrap } from './kernel-ragged.ts';
import type { KernelState } from './kernel-state.ts';
import type { PackedMapping } from './packed-mapping.ts';

/**
 * Words of Inputs that the children of instance 0 of level `from` (0: of all instances) receive across `boundary`, children that differ
 * in K only counted once; on the sliding axes the children are those of the state's ranges, grouped as `children` says.
 */
export function inputTensorWords(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  boundary: number,
  from: number,
  outer: number,
  children: number,
): number {
  const { loopDim, loopLevel, loopEnd, rowCut, columnCut } = state;
  const { rows, columns } = model;
  const { owned, live, wrapped } = state.tables;
  const row = from * DIM_COUNT;
  let repeats = live[(boundary + 1) * DIM_COUNT + K]!;
  let plain = owned[row + N]! * owned[row + G]! * owned[row + C]!;
  openCut(rowCut, boundary, outer, children);
  openCut(columnCut, boundary, outer, children);
  if (boundary === model.levelCount - 1) {
    const steps = axisSum(model, state, packed, rows, boundary, rowCut, -1);
    return plain * repeats * steps * axisSum(model, state, packed, columns, boundary, columnCut, -1);
  }
  let sharedRows = axisSum(model, state, packed, rows, boundary, rowCut, COMPARE_WRAP);
  let sharedColumns = axisSum(model, state, packed, columns, boundary, columnCut, COMPARE_WRAP);
  let rowsTouch = true;
  let columnsTouch = true;
  const words = plain * repeats * sharedRows * sharedColumns;
  let shared = 0;
  startWrap(state, from);
  for (let i = loopEnd[boundary]! - 1; i >= 0; i--) {
    const d = loopDim[i]!;
    const level = loopLevel[i]!;
    if (d === K) {
      const outside = live[level * DIM_COUNT + K]!;
      shared += plain * (repeats - outside) * sharedRows * sharedColumns;
      repeats = outside;
    } else if (d <= C) {
      skipLoop(model, state, d, level, boundary, from);
      plain = wrapped[N]! * wrapped[G]! * wrapped[C]!;
      if (plain === 0) break;
    } else if (d === rows.output || d === rows.filter) {
      const advanced = skipAxisLoop(model, state, packed, rows, rowCut, boundary, d, level, sharedColumns > 0);
      shared += plain * repeats * advanced * sharedColumns;
      sharedRows = rowsTouch ? axisSum(model, state, packed, rows, boundary, rowCut, COMPARE_WRAP) : 0;
      rowsTouch &&= state.touches;
    } else {
      const advanced = skipAxisLoop(model, state, packed, columns, columnCut, boundary, d, level, sharedRows > 0);
      shared += plain * repeats * advanced * sharedRows;
      sharedColumns = columnsTouch ? axisSum(model, state, packed, columns, boundary, columnCut, COMPARE_WRAP) : 0;
      columnsTouch &&= state.touches;
    }
    if (!rowsTouch && !columnsTouch) break;
  }
  return words - shared;
}

function openCut(cut: AxisCut, boundary: number, outer: number, children: number): void {
  cut.output = boundary + 1;
  cut.filter = boundary + 1;
  cut.outer = outer;
  cut.children = children;
}

/** Moves the cut past a loop of the axis. @returns what the tiles share when that loop advances, if wanted */
function skipAxisLoop(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  cut: AxisCut,
  boundary: number,
  d: number,
  level: number,
  isWanted: boolean,
): number {
  const compare = d === axis.output ? COMPARE_OUTPUT_ADVANCE : COMPARE_FILTER_ADVANCE;
  if (d === axis.output) cut.output = level;
  else cut.filter = level;
  return isWanted ? axisSum(model, state, packed, axis, boundary, cut, compare) : 0;
}
