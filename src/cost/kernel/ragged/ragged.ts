import type { PackedMapping } from '../../packed-mapping.ts';
import { DIM_COUNT, type KernelModel } from '../model.ts';
import type { KernelState } from '../state.ts';

/**
 * Dims whose loops cover more than the bound D. Loops over one dim form a mixed-radix number (T(0), S(0), T(1), ... digits); a position is
 * live below D. Going inwards, the blocks before the one that holds D are full, those behind it dead, so one block per digit is open.
 */
export interface RaggedTables {
  /** [level * 8 + dim], level up to the MACs: positions that the level's instance 0 handles over the whole run. */
  readonly owned: Float64Array;
  /** [levels * 8 + dim]: live index combinations of the dim's temporal loops of the outermost `levels` levels, spatial indices 0. */
  readonly live: Float64Array;
  /** [dim]: where the open block of the innermost skipped loop starts, and the words shared there. */
  readonly openAt: Float64Array;
  readonly wrapped: Float64Array;
}

/** Tables for a number of levels. */
export function raggedTables(levelCount: number): RaggedTables {
  return {
    owned: new Float64Array((levelCount + 1) * DIM_COUNT),
    live: new Float64Array((levelCount + 1) * DIM_COUNT),
    openAt: new Float64Array(DIM_COUNT),
    wrapped: new Float64Array(DIM_COUNT),
  };
}

/** Fills `owned` and `live` for every dim. */
export function fillRaggedTables(model: KernelModel, state: KernelState, packed: PackedMapping): void {
  const { bounds, levelCount } = model;
  const { owned, live } = state.tables;
  const { extents } = state;
  const { temporal } = packed;
  for (let d = 0; d < DIM_COUNT; d++) {
    owned[d] = bounds[d]!;
    live[d] = 1;
  }
  for (let at = DIM_COUNT; at < (levelCount + 1) * DIM_COUNT; at++) {
    const trips = live[at - DIM_COUNT]! * temporal[at - DIM_COUNT]!;
    live[at] = trips;
    owned[at] = trips * extents[at]!;
  }
  if (state.ragged === 0) return;
  for (let d = 0; d < DIM_COUNT; d++) {
    if (((state.ragged >> d) & 1) === 0) continue;
    for (let level = 1; level <= levelCount; level++) {
      const at = level * DIM_COUNT + d;
      owned[at] = ownedPositions(state, bounds[d]!, level, d, extents[at]!);
      live[at] = ownedPositions(state, bounds[d]!, level, d, 1);
    }
  }
}

/** Sum over the live indices of the dim's loops T(0..level-1), spatial indices 0, of min(tile, positions left). */
function ownedPositions(state: KernelState, bound: number, level: number, d: number, tile: number): number {
  const { extents, steps } = state;
  let inside = 1;
  for (let l = 0; l < level; l++) inside *= extents[l * DIM_COUNT + d]! / steps[l * DIM_COUNT + d]!;
  let rest = bound;
  let sum = 0;
  for (let l = 0; l < level; l++) {
    const at = l * DIM_COUNT + d;
    const step = steps[at]!;
    const trips = extents[at]! / step;
    inside /= trips;
    const full = Math.min(trips, Math.floor(rest / step));
    sum += full * inside * tile;
    if (full === trips) return sum;
    rest -= full * step;
    if (rest === 0) return sum;
    if (rest >= extents[at + DIM_COUNT]!) return sum + inside * tile;
  }
  return sum + Math.min(tile, rest);
}

/** Starts a walk over the temporal loops of T(0..boundary), innermost first: nothing is skipped yet. */
export function startWrap(state: KernelState, from: number): void {
  const { owned, wrapped, openAt } = state.tables;
  for (let d = 0; d < DIM_COUNT; d++) {
    wrapped[d] = owned[from * DIM_COUNT + d]!;
    openAt[d] = -1;
  }
}

/**
 * Moves the cut of a plain axis past the dim's loop at `level`: `wrapped[d]` becomes the words that the tile shares with itself when the
 * skipped loops wrap, summed over the live indices outside and the children of instance 0 of level `from`. Nothing is shared but where all
 * skipped loops are live at index 0 only, which is at most one open block.
 */
export function skipLoop(
  model: KernelModel,
  state: KernelState,
  d: number,
  level: number,
  boundary: number,
  from: number,
): void {
  const { openAt, wrapped } = state.tables;
  const { extents, steps, spatial } = state;
  if (((state.ragged >> d) & 1) === 0 || wrapped[d] === 0) {
    wrapped[d] = 0;
    return;
  }
  const at = level * DIM_COUNT + d;
  const step = steps[at]!;
  const block = extents[at]!;
  if (openAt[d]! >= 0) {
    if (Math.floor(openAt[d]! / step) % (block / step) !== 0) wrapped[d] = 0;
    return;
  }
  const bound = model.bounds[d]!;
  const open = Math.floor((bound - 1) / block) * block;
  const rest = bound - open;
  openAt[d] = open;
  wrapped[d] = 0;
  for (let l = Math.min(from, level) - 1; l >= 0; l--) {
    const inner = extents[(l + 1) * DIM_COUNT + d]!;
    if (Math.floor(open / inner) % spatial[l * DIM_COUNT + d]! !== 0) return;
  }
  const tile = extents[(boundary + 1) * DIM_COUNT + d]!;
  const reach = from <= level ? step : extents[from * DIM_COUNT + d]!;
  const start = rest <= step ? 0 : Math.ceil((rest - step) / tile) * tile;
  wrapped[d] = Math.max(0, Math.min(reach, rest) - start);
}

/**
 * Words of Weights or Outputs that the children of instance 0 of level `from` (0: all children) receive across `boundary`: all live tiles
 * less the tiles that stay because only irrelevant loops advance.
 */
export function plainTensorWords(
  model: KernelModel,
  state: KernelState,
  tensor: number,
  boundary: number,
  from: number,
): number {
  const { loopDim, loopLevel, loopEnd } = state;
  const { owned, live, wrapped } = state.tables;
  const relevant = model.relevant[tensor]!;
  const toMacs = boundary === model.levelCount - 1;
  startWrap(state, from);
  let tiles = 1;
  let repeats = 1;
  for (let d = 0; d < DIM_COUNT; d++)
    if (((relevant >> d) & 1) !== 0) tiles *= owned[from * DIM_COUNT + d]!;
    else repeats *= live[(boundary + 1) * DIM_COUNT + d]!;
  const words = tiles * repeats;
  if (toMacs) return words;
  let held = tiles;
  let stayed = 0;
  for (let i = loopEnd[boundary]! - 1; i >= 0 && held > 0; i--) {
    const d = loopDim[i]!;
    const level = loopLevel[i]!;
    if (((relevant >> d) & 1) !== 0) {
      skipLoop(model, state, d, level, boundary, from);
      held = 1;
      for (let r = 0; r < DIM_COUNT; r++) if (((relevant >> r) & 1) !== 0) held *= wrapped[r]!;
      continue;
    }
    const outside = innerRepeats(state, repeats, d, level);
    stayed += held * (repeats - outside);
    repeats = outside;
  }
  return words - stayed;
}

/** Live combinations of the irrelevant loops once the dim's loop at `level` is cut off too. */
function innerRepeats(state: KernelState, repeats: number, d: number, level: number): number {
  const { live } = state.tables;
  return (repeats / cutLive(state, d, level)) * live[level * DIM_COUNT + d]!;
}

/** Live combinations of the dim's loops of the levels 0..level. */
function cutLive(state: KernelState, d: number, level: number): number {
  return state.tables.live[(level + 1) * DIM_COUNT + d]!;
}
