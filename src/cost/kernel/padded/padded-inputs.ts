import { isMulticast } from '../equal-tiles.ts';
import type { KernelState, PaddedWalk } from '../kernel-state.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, TENSOR_COUNT } from '../model.ts';
import { COMPARE_WRAP, cutLoop, EVERY_CHILD, openSum } from '../sliding/axis-sum.ts';
import { sharedWords, tileSpan } from '../sliding/axis-tiles.ts';
import { setRanges } from '../sliding/child-ranges.ts';
import { isRefetched } from '../transfers.ts';
import { clippedWords } from './clipped-words.ts';

/**
 * Counts Inputs of a mapping with perfect factors and padding in the usual case: no two children of a block have equal shifts on a sliding
 * axis, and the levels whose busiest instance is asked for see all of the map.
 * @returns false, with nothing counted, in any other case
 */
export function countPaddedInputs(model: KernelModel, state: KernelState, everyInstance: boolean): boolean {
  const { levelCount, isPortLimited } = model;
  const { nest, counts, packed } = state;
  const { spatial, instances } = nest;
  const { deliveries, busiestDeliveries, busiestIngress } = state.transfers;
  let copies = 1;
  for (let level = 0; level < levelCount; level++) {
    if ((everyInstance || isPortLimited[level]! !== 0) && instances[level] !== copies) return false;
    copies *= spatial[level * DIM_COUNT + K]!;
  }
  if ((state.rowSum.collisions | state.columnSum.collisions) !== 0) return false;
  let all = (state.loops.timeSteps[levelCount - 1]! * instances[levelCount]!) / copies;
  let ungrouped = 1;
  for (let level = levelCount - 1; level >= 0; level--) {
    const at = level * TENSOR_COUNT + INPUTS;
    if (level + 1 < levelCount && ((packed.keep[level + 1]! >> INPUTS) & 1) !== 0) {
      all = paddedWords(model, state, level);
      ungrouped = 1;
      deliveries[at + TENSOR_COUNT] = all * copies;
      busiestDeliveries[at + TENSOR_COUNT] = all;
    }
    counts.served[at] = all * copies * ungrouped;
    const children = spatial[level * DIM_COUNT + K]!;
    copies /= children;
    if (!isMulticast(nest, level, INPUTS)) ungrouped *= children;
    counts.ingress[at] = all * copies * ungrouped;
    busiestIngress[at] = all * ungrouped;
  }
  return true;
}

/** Words that all children of a boundary receive, those that differ in K only counted once. */
function paddedWords(model: KernelModel, state: KernelState, boundary: number): number {
  const { rowWalk, columnWalk, packed } = state;
  const { dim, bound, step, level: levelOf, end } = state.loops;
  const { rows, bounds } = model;
  openWalk(model, state, rowWalk, boundary);
  openWalk(model, state, columnWalk, boundary);
  let repeats = 1;
  for (let level = 0; level <= boundary; level++) repeats *= packed.temporal[level * DIM_COUNT + K]!;
  let sharedRows = wrapped(state, rowWalk);
  let sharedColumns = wrapped(state, columnWalk);
  const plain = bounds[N]! * bounds[G]! * bounds[C]!;
  const words = repeats * sharedRows * sharedColumns;
  if (isRefetched(model, INPUTS, boundary)) return words * plain;
  let shared = 0;
  for (let i = end[boundary]! - 1; i >= 0; i--) {
    const d = dim[i]!;
    if (d === K) {
      const outside = repeats / bound[i]!;
      shared += (repeats - outside) * sharedRows * sharedColumns;
      repeats = outside;
    } else if (d <= C) break;
    else if (d === rows.output || d === rows.filter) {
      const advanced = skip(state, rowWalk, d, levelOf[i]!, bound[i]!, step[i]!);
      shared += repeats * advanced * sharedColumns;
      sharedRows = wrapped(state, rowWalk);
    } else {
      const advanced = skip(state, columnWalk, d, levelOf[i]!, bound[i]!, step[i]!);
      shared += repeats * advanced * sharedRows;
      sharedColumns = wrapped(state, columnWalk);
    }
    if (rowWalk.skipped >= rowWalk.span && columnWalk.skipped >= columnWalk.span) break;
  }
  return (words - shared) * plain;
}

function openWalk(model: KernelModel, state: KernelState, walk: PaddedWalk, boundary: number): void {
  const { axis } = walk.sum;
  const child = (boundary + 1) * DIM_COUNT;
  const outputs = state.nest.extents[child + axis.output]!;
  const filters = state.nest.extents[child + axis.filter]!;
  const outputBound = model.bounds[axis.output]!;
  const filterBound = model.bounds[axis.filter]!;
  openSum(walk.sum, boundary, 0, EVERY_CHILD);
  walk.tiles = (outputBound / outputs) * (filterBound / filters);
  walk.outputs = outputs;
  walk.filters = filters;
  walk.span = tileSpan(axis, outputs, filters);
  walk.reach = axis.stride * (outputBound - outputs) + axis.dilation * (filterBound - filters);
  walk.skipped = 0;
}

/** Stored words that the tiles share with the last ones that the skipped loops reach; their own words when none is skipped. */
function wrapped(state: KernelState, walk: PaddedWalk): number {
  if (walk.skipped >= walk.span) return 0;
  walk.sum.compare = COMPARE_WRAP;
  return stored(state, walk, walk.tiles, walk.skipped, walk.reach + walk.span, walk.skipped);
}

/** Moves the cut past a loop. @returns stored words that the tiles share with those before the loop advanced */
function skip(state: KernelState, walk: PaddedWalk, d: number, level: number, trips: number, step: number): number {
  const { axis } = walk.sum;
  walk.sum.compare = cutLoop(walk.sum, d, level);
  const move = step * (d === axis.output ? axis.stride : axis.dilation);
  const back = walk.skipped - move;
  const behind = walk.reach + walk.span - Math.max(0, -back);
  walk.tiles /= trips;
  walk.reach -= (trips - 1) * move;
  walk.skipped += (trips - 1) * move;
  if (Math.abs(back) >= walk.span) return 0;
  return stored(state, walk, walk.tiles * (trips - 1), move + Math.max(0, back), behind, Math.abs(back));
}

/**
 * Stored words of `tiles` pieces, each what a tile shares with an equal one that starts `shift` >= 0 words from it; the first piece starts at `first`,
 * the last one ends before `behind`.
 */
function stored(
  state: KernelState,
  walk: PaddedWalk,
  tiles: number,
  first: number,
  behind: number,
  shift: number,
): number {
  const { axis, boundary } = walk.sum;
  const words = sharedWords(axis, walk.outputs, walk.filters, shift);
  if (!axis.padded) return tiles * words;
  const below = axis.storedFrom - first;
  const above = behind - axis.storedTo;
  if (below > 0 || above > 0) setRanges(state, axis, 0, boundary);
  return tiles * words - clippedWords(state, walk.sum, below, shift) - clippedWords(state, walk.sum, above, shift);
}
