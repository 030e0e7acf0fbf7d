import { irrelevantChildren } from '../equal-tiles.ts';
import type { KernelState } from '../kernel-state.ts';
import { DIM_COUNT, type KernelModel, OUTPUTS, TENSOR_COUNT } from '../model.ts';
import { deliver, isAlone, needsBusiest, send, ungrouped } from '../transfers.ts';
import { skipLoop, startWrap } from './open-blocks.ts';

/** Counts Weights or Outputs of a mapping with ragged loops. */
export function countRaggedTensor(
  model: KernelModel,
  state: KernelState,
  tensor: number,
  everyInstance: boolean,
): void {
  const { nest, packed } = state;
  const { busiestDeliveries, busiestIngress } = state.transfers;
  let boundary = model.levelCount - 1;
  let all = plainTensorWords(model, state, tensor, boundary, 0);
  for (let level = model.levelCount - 1; level >= 0; level--) {
    const child = level + 1;
    if (child < model.levelCount && ((packed.keep[child]! >> tensor) & 1) !== 0) {
      boundary = level;
      all = plainTensorWords(model, state, tensor, boundary, 0);
      deliver(model, state, tensor, child, all);
      if (needsBusiest(model, child, everyInstance))
        busiestDeliveries[child * TENSOR_COUNT + tensor] = isAlone(model, nest, tensor, child)
          ? all
          : plainTensorWords(model, state, tensor, boundary, child);
    }
    send(model, state, tensor, level, boundary, all, all);
    if (needsBusiest(model, level, everyInstance))
      busiestIngress[level * TENSOR_COUNT + tensor] =
        (isAlone(model, nest, tensor, level) ? all : plainTensorWords(model, state, tensor, boundary, level)) *
        ungrouped(model, nest, tensor, level, boundary);
  }
}

/** Distinct output words with ragged loops. */
export function countRaggedOutputs(model: KernelModel, state: KernelState): void {
  const { distinctOutputs, busiestDistinctOutputs } = state.transfers;
  const { owned } = state.ragged;
  let copies = 1;
  for (let level = 0; level < model.levelCount; level++) {
    let own = 1;
    for (let d = 0; d < DIM_COUNT; d++)
      if (((model.relevant[OUTPUTS]! >> d) & 1) !== 0) own *= owned[level * DIM_COUNT + d]!;
    distinctOutputs[level] = model.outputWords * copies;
    busiestDistinctOutputs[level] = own;
    copies *= irrelevantChildren(model, state.nest, OUTPUTS, level);
  }
}

/**
 * Words of Weights or Outputs that the children of instance 0 of level `from` (0: all children) receive across `boundary`: all live tiles
 * less the tiles that stay because only irrelevant loops advance.
 */
function plainTensorWords(
  model: KernelModel,
  state: KernelState,
  tensor: number,
  boundary: number,
  from: number,
): number {
  const { dim, level: levelOf, end } = state.loops;
  const { owned, live, wrapped } = state.ragged;
  const relevant = model.relevant[tensor]!;
  startWrap(state, from);
  let tiles = 1;
  let repeats = 1;
  for (let d = 0; d < DIM_COUNT; d++)
    if (((relevant >> d) & 1) !== 0) tiles *= owned[from * DIM_COUNT + d]!;
    else repeats *= live[(boundary + 1) * DIM_COUNT + d]!;
  const words = tiles * repeats;
  if (boundary === model.levelCount - 1) return words;
  let held = tiles;
  let stayed = 0;
  for (let i = end[boundary]! - 1; i >= 0 && held > 0; i--) {
    const d = dim[i]!;
    const level = levelOf[i]!;
    if (((relevant >> d) & 1) !== 0) {
      skipLoop(model, state, d, level, boundary, from);
      held = 1;
      for (let r = 0; r < DIM_COUNT; r++) if (((relevant >> r) & 1) !== 0) held *= wrapped[r]!;
      continue;
    }
    const outside = (repeats / live[(level + 1) * DIM_COUNT + d]!) * live[level * DIM_COUNT + d]!;
    stayed += held * (repeats - outside);
    repeats = outside;
  }
  return words - stayed;
}
