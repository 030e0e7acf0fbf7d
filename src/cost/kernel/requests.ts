import { isServedFromHome } from './home-charges.ts';
import type { KernelState } from './kernel-state.ts';
import { DIM_COUNT, INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT } from './model.ts';
import { measureLiveLoops, repeatsOver } from './ragged/open-blocks.ts';
import { measuredWords, plainTensorWords } from './ragged/ragged-traffic.ts';
import { DROPS_NETWORK } from './residency-model.ts';
import { EVERY_CHILD, EVERY_GROUP } from './sliding/axis-sum.ts';
import { wordsOfTile } from './sliding/axis-tiles.ts';
import { setRanges } from './sliding/child-ranges.ts';
import { hasCollision } from './sliding/collisions.ts';
import { inputTensorRequests, isOneRun } from './sliding/input-requests.ts';
import { busiestWords } from './sliding/sliding-inputs.ts';
import { isAlone, levelsOutside, servedApart } from './transfers.ts';

/**
 * Counts the requests that transfers are cut into at the levels that state them, from the words counted before.
 * @param areInputsWalked whether those of Inputs were counted with their words
 */
export function countRequests(model: KernelModel, state: KernelState, areInputsWalked: boolean): void {
  const { levelCount, overheads } = model;
  for (let level = 0; level < levelCount; level++)
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const at = level * TENSOR_COUNT + t;
      const isAsked = overheads.layout[at]! !== null && isServed(model, state, level, t);
      if (!isAsked) set(state, at, 0, 0, 0, 0);
      else if (t !== INPUTS || !areInputsWalked) countTensor(model, state, level, t);
    }
}

/** Whether what is inside a level takes words of a tensor from it. */
function isServed({ residency }: KernelModel, { packed }: KernelState, level: number, t: number): boolean {
  if (t === OUTPUTS && isServedFromHome(residency, packed.keep, level)) return true;
  if (residency !== null && (residency.dropped[level * TENSOR_COUNT + t]! & DROPS_NETWORK) !== 0) return false;
  return ((packed.keep[level]! >> t) & 1) !== 0;
}

/** Bits of the words of a tensor that a level serves. */
function servedBits({ residency, wordBitsOf }: KernelModel, { packed }: KernelState, level: number, t: number): number {
  const isHome = t === OUTPUTS && isServedFromHome(residency, packed.keep, level);
  return isHome ? residency!.homeBits : wordBitsOf[level * TENSOR_COUNT + t]!;
}

function set(
  { requests }: KernelState,
  at: number,
  reads: number,
  busiestReads: number,
  writes: number,
  busiestWrites: number,
): void {
  requests.reads[at] = reads;
  requests.busiestReads[at] = busiestReads;
  requests.writes[at] = writes;
  requests.busiestWrites[at] = busiestWrites;
}

function countTensor(model: KernelModel, state: KernelState, level: number, t: number): void {
  const { keep } = state.packed;
  const { distinctOutputs, busiestDistinctOutputs, busiestIngress } = state.transfers;
  let boundary = level;
  while (boundary + 1 < model.levelCount && ((keep[boundary + 1]! >> t) & 1) === 0) boundary++;
  const at = level * TENSOR_COUNT + t;
  const run = commonRun(model, state, level, t, boundary);
  if (run === 0) {
    if (t === INPUTS) countUnlikeInputs(model, state, level, boundary);
    else countUnlikeTiles(model, state, level, t, boundary);
    return;
  }
  const each = Math.ceil((run * servedBits(model, state, level, t)) / (8 * model.overheads.requestBytes[level]!));
  const moved = (state.counts.ingress[at]! / run) * each;
  const busiest = (busiestIngress[at]! / run) * each;
  if (t !== OUTPUTS) set(state, at, moved, busiest, 0, 0);
  else {
    const first = (distinctOutputs[level]! / run) * each;
    const busiestFirst = (busiestDistinctOutputs[level]! / run) * each;
    set(state, at, moved - first, busiest - busiestFirst, moved, busiest);
  }
}

/** Words of a run where all tiles of a transfer are cut into equal ones; 0 where ragged bounds or padding make them unlike. */
function commonRun(model: KernelModel, { nest }: KernelState, level: number, t: number, boundary: number): number {
  if (boundary === model.levelCount - 1) return 1;
  const { bounds, rows, columns } = model;
  const layout = model.overheads.layout[level * TENSOR_COUNT + t]!;
  const child = (boundary + 1) * DIM_COUNT;
  let run = 1;
  for (let i = 0; i < layout.length; i++) {
    const d = layout[i]!;
    const bound = bounds[d]!;
    const extent = Math.min(nest.extents[child + d]!, bound);
    const isRagged = ((nest.raggedDims >> d) & 1) !== 0;
    if (t === INPUTS && (d === rows.output || d === columns.output)) {
      const axis = d === rows.output ? rows : columns;
      const filterBound = bounds[axis.filter]!;
      const filters = Math.min(nest.extents[child + axis.filter]!, filterBound);
      if (!isOneRun(axis, extent, filters)) return run;
      const isWhole = extent === bound && filters === filterBound;
      if (!isWhole && (axis.padded || isRagged || ((nest.raggedDims >> axis.filter) & 1) !== 0)) return 0;
      const words = axis.padded ? axis.length : wordsOfTile(axis, extent, filters);
      run *= words;
      if (words < axis.mapLength) return run;
      continue;
    }
    if (extent < bound && isRagged && bound % extent !== 0) return 0;
    run *= extent;
    if (extent < bound) return run;
  }
  return run;
}

/** Weights or Outputs where the last tile along the first dim that tiles do not hold whole is shorter. */
function countUnlikeTiles(model: KernelModel, state: KernelState, level: number, t: number, boundary: number): void {
  const { measured, nest } = state;
  const { owned } = state.ragged;
  const at = level * TENSOR_COUNT + t;
  const layout = model.overheads.layout[at]!;
  const child = (boundary + 1) * DIM_COUNT;
  let whole = 1;
  let i = 0;
  while (nest.extents[child + layout[i]!]! >= model.bounds[layout[i]!]!) whole *= model.bounds[layout[i++]!]!;
  measured.dim = layout[i]!;
  measured.tile = nest.extents[child + measured.dim]!;
  measured.bits = whole * servedBits(model, state, level, t);
  measured.requestBits = 8 * model.overheads.requestBytes[level]!;
  const apart = servedApart(nest, t, level, boundary);
  const from = isAlone(model, nest, t, level) ? 0 : level;
  const moved = plainTensorWords(model, state, t, boundary, 0, levelsOutside(level) | apart) / whole;
  const busiest = plainTensorWords(model, state, t, boundary, from, apart) / whole;
  if (t !== OUTPUTS) set(state, at, moved, busiest, 0, 0);
  else if (model.residency?.resumes === true) set(state, at, moved, busiest, moved, busiest);
  else {
    let first = 1;
    let busiestFirst = 1;
    const repeats = repeatsOver(model, state, OUTPUTS, levelsOutside(level));
    for (let d = 0; d < DIM_COUNT; d++)
      if (((model.relevant[OUTPUTS]! >> d) & 1) === 0) first *= repeats[d]!;
      else {
        first *= measuredWords(state, d, model.bounds[d]!);
        busiestFirst *= measuredWords(state, d, owned[level * DIM_COUNT + d]!);
      }
    set(state, at, moved - first / whole, busiest - busiestFirst / whole, moved, busiest);
  }
  measured.dim = -1;
}

/** Inputs where padding or ragged bounds clip tiles along an axis in the run. */
function countUnlikeInputs(model: KernelModel, state: KernelState, level: number, boundary: number): void {
  const { nest, rowSum, columnSum } = state;
  const { rows, columns } = model;
  if (nest.raggedDims === 0) measureLiveLoops(model, state);
  setRanges(state, rows, 0, model.levelCount - 1);
  setRanges(state, columns, 0, model.levelCount - 1);
  const apart = servedApart(nest, INPUTS, level, boundary);
  const isShared = hasCollision(rowSum, level, boundary) || hasCollision(columnSum, level, boundary);
  const group = isShared ? EVERY_GROUP : EVERY_CHILD;
  const outside = levelsOutside(level) | apart;
  const moved = inputTensorRequests(model, state, boundary, 0, level, group, outside);
  const busiest = isAlone(model, nest, INPUTS, level)
    ? inputTensorRequests(model, state, boundary, 0, level, group, apart)
    : busiestWords(model, state, boundary, level, group, apart, inputTensorRequests);
  set(state, level * TENSOR_COUNT + INPUTS, moved, busiest, 0, 0);
}
