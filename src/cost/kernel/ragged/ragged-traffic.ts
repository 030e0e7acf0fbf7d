import type { KernelState } from '../kernel-state.ts';
import { DIM_COUNT, type KernelModel, OUTPUTS, TENSOR_COUNT } from '../model.ts';
import { copies, isAlone, isRefetched, levelsOutside, needsBusiest, servedApart } from '../transfers.ts';
import { hasIdleChildren, repeatsOver, skipLoop, startWrap } from './open-blocks.ts';

/** Counts Weights or Outputs of a mapping with ragged loops. */
export function countRaggedTensor(
  model: KernelModel,
  state: KernelState,
  tensor: number,
  everyInstance: boolean,
): void {
  const { nest, packed, counts } = state;
  const { deliveries, busiestDeliveries, busiestIngress } = state.transfers;
  let boundary = model.levelCount - 1;
  let one = plainTensorWords(model, state, tensor, boundary, 0, 0);
  for (let level = model.levelCount - 1; level >= 0; level--) {
    const at = level * TENSOR_COUNT + tensor;
    const child = level + 1;
    if (child < model.levelCount && ((packed.keep[child]! >> tensor) & 1) !== 0) {
      boundary = level;
      one = plainTensorWords(model, state, tensor, boundary, 0, 0);
      deliveries[at + TENSOR_COUNT] = repeated(model, state, tensor, boundary, 0, levelsOutside(child), one);
      if (needsBusiest(model, child, everyInstance))
        busiestDeliveries[at + TENSOR_COUNT] = isAlone(model, nest, tensor, child)
          ? one
          : plainTensorWords(model, state, tensor, boundary, child, 0);
    }
    const apart = servedApart(nest, tensor, level, boundary);
    const inside = apart & ~(1 << level);
    counts.ingress[at] = repeated(model, state, tensor, boundary, 0, levelsOutside(level) | apart, one);
    counts.served[at] = repeated(model, state, tensor, boundary, 0, levelsOutside(child) | inside, one);
    if (needsBusiest(model, level, everyInstance)) {
      const from = isAlone(model, nest, tensor, level) ? 0 : level;
      const own = from === 0 ? one : plainTensorWords(model, state, tensor, boundary, from, 0);
      busiestIngress[at] = repeated(model, state, tensor, boundary, from, apart, own);
    }
  }
}

/** Distinct output words with ragged loops; children that never have work hold none. */
export function countRaggedOutputs(model: KernelModel, state: KernelState): void {
  const { distinctOutputs, busiestDistinctOutputs } = state.transfers;
  const { owned } = state.ragged;
  if (model.residency?.resumes === true) {
    // Partial sums of a step before leave no first touch.
    distinctOutputs.fill(0);
    busiestDistinctOutputs.fill(0);
    return;
  }
  for (let level = 0; level < model.levelCount; level++) {
    let own = 1;
    let holders = 1;
    const repeats = repeatsOver(model, state, OUTPUTS, levelsOutside(level));
    for (let d = 0; d < DIM_COUNT; d++)
      if (((model.relevant[OUTPUTS]! >> d) & 1) !== 0) own *= owned[level * DIM_COUNT + d]!;
      else holders *= repeats[d]!;
    distinctOutputs[level] = model.outputWords * holders;
    busiestDistinctOutputs[level] = own;
  }
}

/** Words that children along irrelevant dims of the levels in a mask receive; `one`: of the first of them. */
function repeated(
  model: KernelModel,
  state: KernelState,
  tensor: number,
  boundary: number,
  from: number,
  children: number,
  one: number,
): number {
  return hasIdleChildren(model, state.nest, tensor, children)
    ? plainTensorWords(model, state, tensor, boundary, from, children)
    : one * copies(model, state.nest, tensor, children);
}

/** Words along a dim of one or more tiles that follow each other from the start of one, or the requests that they make where the dim is measured. */
export function measuredWords({ measured }: KernelState, d: number, words: number): number {
  if (d !== measured.dim) return words;
  const { tile, bits, requestBits } = measured;
  const full = Math.floor(words / tile);
  return full * Math.ceil((tile * bits) / requestBits) + Math.ceil(((words - full * tile) * bits) / requestBits);
}

/**
 * Words of Weights or Outputs that the children of instance 0 of level `from` (0: all children) receive across `boundary`: all live tiles
 * less the tiles that stay because only irrelevant loops advance.
 * @param children bit l set: with all children of level l along irrelevant dims that have work; else the first alone
 * @returns words; requests of the run along the measured dim instead of its words, where one is
 */
export function plainTensorWords(
  model: KernelModel,
  state: KernelState,
  tensor: number,
  boundary: number,
  from: number,
  children: number,
): number {
  const { dim, level: levelOf, end } = state.loops;
  const { owned, wrapped } = state.ragged;
  const live = children === 0 ? state.ragged.live : repeatsOver(model, state, tensor, children);
  const relevant = model.relevant[tensor]!;
  startWrap(state, from);
  let tiles = 1;
  let repeats = 1;
  for (let d = 0; d < DIM_COUNT; d++)
    if (((relevant >> d) & 1) !== 0) tiles *= measuredWords(state, d, owned[from * DIM_COUNT + d]!);
    else repeats *= live[(boundary + 1) * DIM_COUNT + d]!;
  const words = tiles * repeats;
  if (boundary === model.levelCount - 1 || isRefetched(model, tensor, boundary)) return words;
  let held = tiles;
  let stayed = 0;
  for (let i = end[boundary]! - 1; i >= 0 && held > 0; i--) {
    const d = dim[i]!;
    const level = levelOf[i]!;
    if (((relevant >> d) & 1) !== 0) {
      skipLoop(model, state, d, level, boundary, from);
      held = 1;
      for (let r = 0; r < DIM_COUNT; r++) if (((relevant >> r) & 1) !== 0) held *= measuredWords(state, r, wrapped[r]!);
      continue;
    }
    const outside = (repeats / live[(level + 1) * DIM_COUNT + d]!) * live[level * DIM_COUNT + d]!;
    stayed += held * (repeats - outside);
    repeats = outside;
  }
  return words - stayed;
}
