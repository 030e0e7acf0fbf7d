import type { PackedMapping } from '../packed-mapping.ts';
import { type AxisCut, axisSum } from './axis.ts';
import { C, DIM_COUNT, G, K, type KernelModel, N, P, Q, R, S, type SlidingAxis } from './model.ts';
import {
  COMPARE_FILTER_ADVANCE,
  COMPARE_OUTPUT_ADVANCE,
  COMPARE_WRAP,
  COUNT_TILES,
  EVERY_CHILD,
} from './padded/edges.ts';
import { skipLoop, startWrap } from './ragged/ragged.ts';
import type { KernelState } from './state.ts';

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
  const toMacs = boundary === model.levelCount - 1;
  if (toMacs && children === EVERY_CHILD)
    return plain * repeats * owned[row + P]! * owned[row + Q]! * owned[row + R]! * owned[row + S]!;
  openCut(rowCut, boundary, outer, children);
  openCut(columnCut, boundary, outer, children);
  if (toMacs) {
    const steps = axisSum(model, state, packed, rows, boundary, rowCut, COUNT_TILES);
    return plain * repeats * steps * axisSum(model, state, packed, columns, boundary, columnCut, COUNT_TILES);
  }
  let sharedRows = axisSum(model, state, packed, rows, boundary, rowCut, COMPARE_WRAP);
  let sharedColumns = axisSum(model, state, packed, columns, boundary, columnCut, COMPARE_WRAP);
  let areRowsKnown = true;
  let areColumnsKnown = true;
  let rowsTouch = true;
  let columnsTouch = true;
  const words = plain * repeats * sharedRows * sharedColumns;
  let shared = 0;
  if ((state.ragged & PLAIN_DIMS) !== 0) startWrap(state, from);
  for (let i = loopEnd[boundary]! - 1; i >= 0; i--) {
    const d = loopDim[i]!;
    const level = loopLevel[i]!;
    const isRow = d === rows.output || d === rows.filter;
    if (d <= C && d !== K) {
      if (((state.ragged >> d) & 1) === 0) break;
      skipLoop(model, state, d, level, boundary, from);
      plain = wrapped[N]! * wrapped[G]! * wrapped[C]!;
      if (plain === 0) break;
      continue;
    }
    if (!areRowsKnown && !isRow) {
      sharedRows = axisSum(model, state, packed, rows, boundary, rowCut, COMPARE_WRAP);
      rowsTouch = state.touches;
      areRowsKnown = true;
    }
    if (!areColumnsKnown && (d === K || isRow)) {
      sharedColumns = axisSum(model, state, packed, columns, boundary, columnCut, COMPARE_WRAP);
      columnsTouch = state.touches;
      areColumnsKnown = true;
    }
    if (!rowsTouch && !columnsTouch) break;
    if (d === K) {
      const outside = live[level * DIM_COUNT + K]!;
      shared += plain * (repeats - outside) * sharedRows * sharedColumns;
      repeats = outside;
    } else if (isRow) {
      const advanced = skipAxisLoop(model, state, packed, rows, rowCut, boundary, d, level, sharedColumns > 0);
      shared += plain * repeats * advanced * sharedColumns;
      if (rowsTouch) areRowsKnown = false;
    } else {
      const advanced = skipAxisLoop(model, state, packed, columns, columnCut, boundary, d, level, sharedRows > 0);
      shared += plain * repeats * advanced * sharedRows;
      if (columnsTouch) areColumnsKnown = false;
    }
  }
  return words - shared;
}

/** N, G and C as bits. */
const PLAIN_DIMS = (1 << N) | (1 << G) | (1 << C);

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
