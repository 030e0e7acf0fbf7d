import type { PackedMapping } from '../../packed-mapping.ts';
import { hasCollision, setRanges } from '../axis.ts';
import { isMulticast } from '../groups.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, type SlidingAxis } from '../model.ts';
import type { KernelState } from '../state.ts';
import { COMPARE_FILTER_ADVANCE, COMPARE_OUTPUT_ADVANCE, COMPARE_WRAP } from './edges.ts';
import { clippedWords } from './padding.ts';

/** What a walk over the loops of one sliding axis keeps, from the innermost loop outwards. */
export interface PaddedAxisWalk {
  /** Tiles of all children outside the cut, words of a tile, where the last tile of all starts. */
  tiles: number;
  words: number;
  reach: number;
  /** How far the skipped loops move a tile in all. */
  skipped: number;
  outputCut: number;
  filterCut: number;
}

/** A walk to be opened. */
export function paddedAxisWalk(): PaddedAxisWalk {
  return { tiles: 0, words: 0, reach: 0, skipped: 0, outputCut: 0, filterCut: 0 };
}

/**
 * Counts Inputs of a mapping with perfect factors and padding in the usual case: no two children of a block have equal shifts on a sliding
 * axis, and the levels whose busiest instance is asked for see all of the map.
 * @returns false, with nothing counted, in any other case
 */
export function countPaddedInputs(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  everyInstance: boolean,
): boolean {
  const { levelCount, isPortLimited } = model;
  const { spatial, instances, deliveries, busiestDeliveries, busiestIngress, counts } = state;
  let copies = 1;
  for (let level = 0; level < levelCount; level++) {
    if ((everyInstance || isPortLimited[level]! !== 0) && instances[level] !== copies) return false;
    copies *= spatial[level * DIM_COUNT + K]!;
  }
  if (hasCollision(model, state, packed, model.rows, 0, levelCount - 1)) return false;
  if (hasCollision(model, state, packed, model.columns, 0, levelCount - 1)) return false;
  let all = (state.timeSteps[levelCount - 1]! * instances[levelCount]!) / copies;
  let ungrouped = 1;
  for (let level = levelCount - 1; level >= 0; level--) {
    const at = level * 3 + INPUTS;
    if (level + 1 < levelCount && ((packed.keep[level + 1]! >> INPUTS) & 1) !== 0) {
      all = paddedWords(model, state, packed, level);
      ungrouped = 1;
      deliveries[at + 3] = all * copies;
      busiestDeliveries[at + 3] = all;
    }
    counts.served[at] = all * copies * ungrouped;
    const children = spatial[level * DIM_COUNT + K]!;
    copies /= children;
    if (!isMulticast(model, packed, level, INPUTS)) ungrouped *= children;
    counts.ingress[at] = all * copies * ungrouped;
    busiestIngress[at] = all * ungrouped;
  }
  return true;
}

/** Words that all children of a boundary receive, those that differ in K only counted once. */
function paddedWords(model: KernelModel, state: KernelState, packed: PackedMapping, boundary: number): number {
  const { loopDim, loopBound, loopStep, loopLevel, loopEnd, rowWalk, columnWalk } = state;
  const { rows, columns, bounds } = model;
  openWalk(model, state, rows, rowWalk, boundary);
  openWalk(model, state, columns, columnWalk, boundary);
  let repeats = 1;
  for (let level = 0; level <= boundary; level++) repeats *= packed.temporal[level * DIM_COUNT + K]!;
  let sharedRows = wrapped(state, packed, rows, rowWalk, boundary);
  let sharedColumns = wrapped(state, packed, columns, columnWalk, boundary);
  const words = repeats * sharedRows * sharedColumns;
  let shared = 0;
  for (let i = loopEnd[boundary]! - 1; i >= 0; i--) {
    const d = loopDim[i]!;
    if (d === K) {
      const outside = repeats / loopBound[i]!;
      shared += (repeats - outside) * sharedRows * sharedColumns;
      repeats = outside;
    } else if (d <= C) break;
    else if (d === rows.output || d === rows.filter) {
      const advanced = skip(state, packed, rows, rowWalk, boundary, d, loopLevel[i]!, loopBound[i]!, loopStep[i]!);
      shared += repeats * advanced * sharedColumns;
      sharedRows = wrapped(state, packed, rows, rowWalk, boundary);
    } else {
      const advanced = skip(
        state,
        packed,
        columns,
        columnWalk,
        boundary,
        d,
        loopLevel[i]!,
        loopBound[i]!,
        loopStep[i]!,
      );
      shared += repeats * advanced * sharedRows;
      sharedColumns = wrapped(state, packed, columns, columnWalk, boundary);
    }
    if (rowWalk.skipped >= rowWalk.words && columnWalk.skipped >= columnWalk.words) break;
  }
  return (words - shared) * bounds[N]! * bounds[G]! * bounds[C]!;
}

function openWalk(
  model: KernelModel,
  state: KernelState,
  axis: SlidingAxis,
  walk: PaddedAxisWalk,
  boundary: number,
): void {
  const child = (boundary + 1) * DIM_COUNT;
  const outputs = state.extents[child + axis.output]!;
  const filters = state.extents[child + axis.filter]!;
  const outputBound = model.bounds[axis.output]!;
  const filterBound = model.bounds[axis.filter]!;
  walk.tiles = (outputBound / outputs) * (filterBound / filters);
  walk.words = axis.stride * (outputs - 1) + axis.dilation * (filters - 1) + 1;
  walk.reach = axis.stride * (outputBound - outputs) + axis.dilation * (filterBound - filters);
  walk.skipped = 0;
  walk.outputCut = boundary + 1;
  walk.filterCut = boundary + 1;
}

/** Stored words that the tiles share with the last ones that the skipped loops reach; their own words when none is skipped. */
function wrapped(
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  walk: PaddedAxisWalk,
  boundary: number,
): number {
  const words = walk.words - walk.skipped;
  if (words <= 0) return 0;
  const behind = walk.reach + walk.words;
  return stored(state, packed, axis, walk, boundary, COMPARE_WRAP, walk.tiles, walk.skipped, behind, words);
}

/** Moves the cut past a loop. @returns stored words that the tiles share with those before the loop advanced */
function skip(
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  walk: PaddedAxisWalk,
  boundary: number,
  d: number,
  level: number,
  trips: number,
  step: number,
): number {
  const isOutput = d === axis.output;
  const move = step * (isOutput ? axis.stride : axis.dilation);
  if (isOutput) walk.outputCut = level;
  else walk.filterCut = level;
  const back = walk.skipped - move;
  const words = walk.words - Math.abs(back);
  const first = move + Math.max(0, back);
  const behind = walk.reach + walk.words - Math.max(0, -back);
  walk.tiles /= trips;
  walk.reach -= (trips - 1) * move;
  walk.skipped += (trips - 1) * move;
  if (words <= 0) return 0;
  const compare = isOutput ? COMPARE_OUTPUT_ADVANCE : COMPARE_FILTER_ADVANCE;
  return stored(state, packed, axis, walk, boundary, compare, walk.tiles * (trips - 1), first, behind, words);
}

/**
 * Words of `tiles` pieces of `words` words that are stored, the first piece starting at `first` and the last one ending before `behind`.
 */
function stored(
  state: KernelState,
  packed: PackedMapping,
  axis: SlidingAxis,
  walk: PaddedAxisWalk,
  boundary: number,
  compare: number,
  tiles: number,
  first: number,
  behind: number,
  words: number,
): number {
  let sum = tiles * words;
  if (!axis.padded) return sum;
  const below = axis.storedFrom - first;
  const above = behind - axis.storedTo;
  if (below > 1 || above > 1) setRanges(state, axis, 0, boundary);
  if (below === 1) sum -= 1;
  else if (below > 1)
    sum -= clippedWords(state, packed, axis, boundary, walk.outputCut, walk.filterCut, compare, below, words);
  if (above === 1) sum -= 1;
  else if (above > 1)
    sum -= clippedWords(state, packed, axis, boundary, walk.outputCut, walk.filterCut, compare, above, words);
  return sum;
}
