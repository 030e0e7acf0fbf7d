import type { KernelState, NestSizes } from '../kernel-state.ts';
import { DIM_COUNT, type KernelModel } from '../model.ts';

/** Fills `owned` and `live` for every dim. */
export function measureLiveLoops(model: KernelModel, state: KernelState): void {
  const { bounds, levelCount } = model;
  const { owned, live } = state.ragged;
  const { extents, raggedDims } = state.nest;
  const { temporal } = state.packed;
  for (let d = 0; d < DIM_COUNT; d++) {
    owned[d] = bounds[d]!;
    live[d] = 1;
  }
  for (let at = DIM_COUNT; at < (levelCount + 1) * DIM_COUNT; at++) {
    const trips = live[at - DIM_COUNT]! * temporal[at - DIM_COUNT]!;
    live[at] = trips;
    owned[at] = trips * extents[at]!;
  }
  if (raggedDims === 0) return;
  for (let d = 0; d < DIM_COUNT; d++) {
    if (((raggedDims >> d) & 1) === 0) continue;
    for (let level = 1; level <= levelCount; level++) {
      const at = level * DIM_COUNT + d;
      owned[at] = ownedPositions(state.nest, bounds[d]!, level, d, extents[at]!);
      live[at] = ownedPositions(state.nest, bounds[d]!, level, d, 1);
    }
  }
}

/** Sum over the live indices of the dim's loops T(0..level-1), spatial indices 0, of min(tile, positions left). */
function ownedPositions({ extents, steps }: NestSizes, bound: number, level: number, d: number, tile: number): number {
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
  const { owned, wrapped, openAt } = state.ragged;
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
  const { openAt, wrapped } = state.ragged;
  const { extents, steps, spatial, raggedDims } = state.nest;
  if (((raggedDims >> d) & 1) === 0 || wrapped[d] === 0) {
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
