import type { KernelState } from '../kernel-state.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, P, Q, R, S } from '../model.ts';
import { hasIdleChildren, repeatsOver, skipLoop, startWrap } from '../ragged/open-blocks.ts';
import { copies, isRefetched } from '../transfers.ts';
import { COMPARE_WRAP, COUNT_TILES, cutLoop, EVERY_CHILD, openSum } from './axis-sum.ts';
import { sumTiles } from './tile-sums.ts';

/** N, G and C as bits. */
const PLAIN_DIMS = (1 << N) | (1 << G) | (1 << C);

/**
 * Words of Inputs that the children of instance 0 of level `from` (0: of all instances) receive across `boundary`; on the sliding axes the
 * children are those of the state's ranges, grouped as `children` says.
 * @param alongK bit l set: with all children of level l along K that have work; else the first alone
 */
export function inputTensorWords(
  model: KernelModel,
  state: KernelState,
  boundary: number,
  from: number,
  outer: number,
  children: number,
  alongK: number,
): number {
  const { nest } = state;
  if (alongK !== 0 && !hasIdleChildren(model, nest, INPUTS, alongK))
    return inputTensorWords(model, state, boundary, from, outer, children, 0) * copies(model, nest, INPUTS, alongK);
  const { rowSum, columnSum } = state;
  const { raggedDims } = state.nest;
  const { dim, level: levelOf, end } = state.loops;
  const { owned, wrapped } = state.ragged;
  const live = alongK === 0 ? state.ragged.live : repeatsOver(model, state, INPUTS, alongK);
  const { rows } = model;
  const row = from * DIM_COUNT;
  let repeats = live[(boundary + 1) * DIM_COUNT + K]!;
  let plain = owned[row + N]! * owned[row + G]! * owned[row + C]!;
  const toMacs = boundary === model.levelCount - 1;
  if (toMacs && children === EVERY_CHILD)
    return plain * repeats * owned[row + P]! * owned[row + Q]! * owned[row + R]! * owned[row + S]!;
  openSum(rowSum, boundary, outer, children);
  openSum(columnSum, boundary, outer, children);
  if (toMacs) {
    const steps = sumTiles(model, state, rowSum, COUNT_TILES);
    return plain * repeats * steps * sumTiles(model, state, columnSum, COUNT_TILES);
  }
  let sharedRows = sumTiles(model, state, rowSum, COMPARE_WRAP);
  let sharedColumns = sumTiles(model, state, columnSum, COMPARE_WRAP);
  let areRowsKnown = true;
  let areColumnsKnown = true;
  let rowsTouch = true;
  let columnsTouch = true;
  const words = plain * repeats * sharedRows * sharedColumns;
  if (isRefetched(model, INPUTS, boundary)) return words;
  let shared = 0;
  if ((raggedDims & PLAIN_DIMS) !== 0) startWrap(state, from);
  for (let i = end[boundary]! - 1; i >= 0; i--) {
    const d = dim[i]!;
    const level = levelOf[i]!;
    const isRow = d === rows.output || d === rows.filter;
    if (d <= C && d !== K) {
      if (((raggedDims >> d) & 1) === 0) break;
      skipLoop(model, state, d, level, boundary, from);
      plain = wrapped[N]! * wrapped[G]! * wrapped[C]!;
      if (plain === 0) break;
      continue;
    }
    if (!areRowsKnown && !isRow) {
      sharedRows = sumTiles(model, state, rowSum, COMPARE_WRAP);
      rowsTouch = rowSum.touches;
      areRowsKnown = true;
    }
    if (!areColumnsKnown && (d === K || isRow)) {
      sharedColumns = sumTiles(model, state, columnSum, COMPARE_WRAP);
      columnsTouch = columnSum.touches;
      areColumnsKnown = true;
    }
    if (!rowsTouch && !columnsTouch) break;
    if (d === K) {
      const outside = live[level * DIM_COUNT + K]!;
      shared += plain * (repeats - outside) * sharedRows * sharedColumns;
      repeats = outside;
    } else if (isRow) {
      const compare = cutLoop(rowSum, d, level);
      const advanced = sharedColumns > 0 ? sumTiles(model, state, rowSum, compare) : 0;
      shared += plain * repeats * advanced * sharedColumns;
      if (rowsTouch) areRowsKnown = false;
    } else {
      const compare = cutLoop(columnSum, d, level);
      const advanced = sharedRows > 0 ? sumTiles(model, state, columnSum, compare) : 0;
      shared += plain * repeats * advanced * sharedRows;
      if (columnsTouch) areColumnsKnown = false;
    }
  }
  return words - shared;
}
