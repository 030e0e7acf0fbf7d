import type { PackedMapping } from '../../packed-mapping.ts';
import type { KernelState } from '../kernel-state.ts';
import { INPUTS, type KernelModel, TENSOR_COUNT } from '../model.ts';
import { hasIdleChildren } from '../ragged/open-blocks.ts';
import { copies, isAlone, levelsOutside, needsBusiest, servedApart } from '../transfers.ts';
import { EVERY_CHILD, EVERY_GROUP, EVERY_MEMBER, EVERY_SERVED } from './axis-sum.ts';
import { nextInstance, setRanges } from './child-ranges.ts';
import { hasCollision } from './collisions.ts';
import { inputTensorWords } from './input-words.ts';

/** Counts Inputs of a mapping with ragged loops or padding. */
export function countSlidingInputs(model: KernelModel, state: KernelState, everyInstance: boolean): void {
  const { nest, packed, counts, rowSum, columnSum } = state;
  const { rows, columns } = model;
  const { deliveries, busiestDeliveries, busiestIngress } = state.transfers;
  let boundary = model.levelCount - 1;
  let all = 0;
  setRanges(state, rows, 0, boundary);
  setRanges(state, columns, 0, boundary);
  for (let level = model.levelCount - 1; level >= 0; level--) {
    const at = level * TENSOR_COUNT + INPUTS;
    const child = level + 1;
    const isKeptBelow = child < model.levelCount && ((packed.keep[child]! >> INPUTS) & 1) !== 0;
    if (isKeptBelow) boundary = level;
    if (isKeptBelow || child === model.levelCount)
      all = inputTensorWords(model, state, boundary, 0, level, EVERY_CHILD, 0);
    const isShared = hasCollision(rowSum, level, boundary) || hasCollision(columnSum, level, boundary);
    if (isKeptBelow) {
      const outer = fillingLevel(packed, INPUTS, child);
      const isSharedOutside = hasCollision(rowSum, outer, boundary) || hasCollision(columnSum, outer, boundary);
      deliveries[at + TENSOR_COUNT] = everyWord(
        model,
        state,
        boundary,
        outer,
        isSharedOutside ? EVERY_MEMBER : EVERY_CHILD,
        levelsOutside(child),
        all,
      );
      if (needsBusiest(model, child, everyInstance))
        busiestDeliveries[at + TENSOR_COUNT] = isAlone(model, nest, INPUTS, child)
          ? everyWord(model, state, boundary, outer, isSharedOutside ? EVERY_MEMBER : EVERY_CHILD, 0, all)
          : busiestWords(model, state, boundary, child, EVERY_CHILD, 0, inputTensorWords);
    }
    const apart = servedApart(nest, INPUTS, level, boundary);
    const inside = apart & ~(1 << level);
    const group = isShared ? EVERY_GROUP : EVERY_CHILD;
    counts.ingress[at] = everyWord(model, state, boundary, level, group, levelsOutside(level) | apart, all);
    counts.served[at] = everyWord(
      model,
      state,
      boundary,
      level,
      isShared ? EVERY_SERVED : EVERY_CHILD,
      levelsOutside(child) | inside,
      all,
    );
    if (needsBusiest(model, level, everyInstance))
      busiestIngress[at] = isAlone(model, nest, INPUTS, level)
        ? everyWord(model, state, boundary, level, group, apart, all)
        : busiestWords(model, state, boundary, level, group, apart, inputTensorWords);
  }
}

/** {@link inputTensorWords} of all instances; `all`: of every child on the sliding axes and the first along K. */
function everyWord(
  model: KernelModel,
  state: KernelState,
  boundary: number,
  outer: number,
  children: number,
  alongK: number,
  all: number,
): number {
  return children === EVERY_CHILD && !hasIdleChildren(model, state.nest, INPUTS, alongK)
    ? all * copies(model, state.nest, INPUTS, alongK)
    : inputTensorWords(model, state, boundary, 0, outer, children, alongK);
}

/** The next level outside `level` that keeps a tensor. */
export function fillingLevel(packed: PackedMapping, tensor: number, level: number): number {
  let outer = level - 1;
  while (((packed.keep[outer]! >> tensor) & 1) === 0) outer--;
  return outer;
}

/**
 * Words (or requests, as `count` says) of the instance of level `from` that receives (or sends) most. Without padding that is instance 0; with padding
 * every instance is tried, as another one may lie further inside the map.
 */
export function busiestWords(
  model: KernelModel,
  state: KernelState,
  boundary: number,
  from: number,
  children: number,
  alongK: number,
  count: typeof inputTensorWords,
): number {
  const { rows, columns, levelCount } = model;
  setRanges(state, rows, from, boundary);
  setRanges(state, columns, from, boundary);
  const isClipped = boundary < levelCount - 1;
  let most = 0;
  do {
    do {
      most = Math.max(most, count(model, state, boundary, from, from, children, alongK));
    } while (isClipped && columns.padded && nextInstance(state, columns, from));
  } while (isClipped && rows.padded && nextInstance(state, rows, from));
  setRanges(state, rows, 0, levelCount - 1);
  setRanges(state, columns, 0, levelCount - 1);
  return most;
}
