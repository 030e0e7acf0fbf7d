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
      owned[at] = livePositions(state.nest, bounds[d]!, level, d, 0, extents[at]!);
      live[at] = livePositions(state.nest, bounds[d]!, level, d, 0, 1);
    }
  }
}

/**
 * Sum of min(tile, positions left) over the live indices of a dim's temporal loops of the outermost `levels` levels and of its children.
 * @param children bit l set: over all children of level l; else its first child alone
 */
function livePositions(
  { extents, steps, spatial }: NestSizes,
  bound: number,
  levels: number,
  d: number,
  children: number,
  tile: number,
): number {
  const depth = Math.max(levels, 32 - Math.clz32(children));
  let inside = 1;
  for (let l = 0; l < depth; l++) {
    const at = l * DIM_COUNT + d;
    if (l < levels) inside *= extents[at]! / steps[at]!;
    if (((children >> l) & 1) !== 0) inside *= spatial[at]!;
  }
  let rest = bound;
  let sum = 0;
  for (let l = 0; l < depth; l++)
    for (let kind = 0; kind < 2; kind++) {
      const at = l * DIM_COUNT + d;
      const isSpatial = kind === 1;
      const step = isSpatial ? extents[at + DIM_COUNT]! : steps[at]!;
      if (isSpatial ? ((children >> l) & 1) === 0 : l >= levels) {
        if (rest >= step) return sum + inside * tile;
        continue;
      }
      const trips = isSpatial ? spatial[at]! : extents[at]! / step;
      inside /= trips;
      const full = Math.min(trips, Math.floor(rest / step));
      sum += full * inside * tile;
      rest -= full * step;
      if (full === trips || rest === 0) return sum;
    }
  return sum + Math.min(tile, rest);
}

/** Children of level l (bit l set) of which some, along a ragged dim that does not address the tensor, have no work in the last round. */
export function hasIdleChildren(model: KernelModel, nest: NestSizes, tensor: number, children: number): boolean {
  const ragged = nest.raggedDims & ~model.relevant[tensor]!;
  if (ragged === 0 || children === 0) return false;
  for (let d = 0; d < DIM_COUNT; d++) {
    if (((ragged >> d) & 1) === 0) continue;
    for (let l = 0; l < model.levelCount; l++)
      if (((children >> l) & 1) !== 0 && nest.spatial[l * DIM_COUNT + d]! > 1) return true;
  }
  return false;
}

/**
 * [levels * 8 + dim]: like `live`, over the children of the levels in the mask as well, for the dims that do not address the tensor.
 * Overwritten by the next call.
 */
export function repeatsOver(model: KernelModel, state: KernelState, tensor: number, children: number): Float64Array {
  const { live, repeats } = state.ragged;
  const { nest } = state;
  const relevant = model.relevant[tensor]!;
  for (let d = 0; d < DIM_COUNT; d++) {
    if (((relevant >> d) & 1) !== 0) continue;
    const isRagged = ((nest.raggedDims >> d) & 1) !== 0;
    let all = 1;
    for (let l = 0; l < model.levelCount; l++) if (((children >> l) & 1) !== 0) all *= nest.spatial[l * DIM_COUNT + d]!;
    for (let levels = 0; levels <= model.levelCount; levels++) {
      const at = levels * DIM_COUNT + d;
      repeats[at] =
        isRagged && all > 1 ? livePositions(nest, model.bounds[d]!, levels, d, children, 1) : live[at]! * all;
    }
  }
  return repeats;
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
