import type { PackedMapping } from '../packed-mapping.ts';
import { hasCollision, setRanges } from './axis.ts';
import { isMulticast } from './groups.ts';
import { inputTensorWords } from './inputs.ts';
import { DIM_COUNT, INPUTS, K, type KernelModel, OUTPUTS, type SlidingAxis } from './model.ts';
import { EVERY_CHILD, EVERY_GROUP, EVERY_MEMBER, EVERY_SERVED } from './padded/edges.ts';
import { plainTensorWords } from './ragged/ragged.ts';
import type { KernelState } from './state.ts';

/** Counts Weights and Outputs of a mapping with ragged loops. */
export function countRaggedTensor(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  tensor: number,
  everyInstance: boolean,
): void {
  let boundary = model.levelCount - 1;
  let all = plainTensorWords(model, state, tensor, boundary, 0);
  for (let level = model.levelCount - 1; level >= 0; level--) {
    if (level + 1 < model.levelCount && ((packed.keep[level + 1]! >> tensor) & 1) !== 0) {
      boundary = level;
      all = plainTensorWords(model, state, tensor, boundary, 0);
      deliver(model, state, tensor, level + 1, all);
      if (needsBusiest(model, level + 1, everyInstance))
        state.busiestDeliveries[(level + 1) * 3 + tensor] = isAlone(model, state, tensor, level + 1)
          ? all
          : plainTensorWords(model, state, tensor, boundary, boundary + 1);
    }
    send(model, state, packed, tensor, level, boundary, all, all);
    if (needsBusiest(model, level, everyInstance))
      state.busiestIngress[level * 3 + tensor] =
        (isAlone(model, state, tensor, level) ? all : plainTensorWords(model, state, tensor, boundary, level)) *
        ungrouped(model, state, packed, tensor, level, boundary);
  }
}

/** Counts Inputs of a mapping with ragged loops or padding. */
export function countSlidingInputs(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  everyInstance: boolean,
): void {
  const { busiestDeliveries, busiestIngress } = state;
  let boundary = model.levelCount - 1;
  let all = 0;
  setRanges(state, model.rows, 0, boundary);
  setRanges(state, model.columns, 0, boundary);
  for (let level = model.levelCount - 1; level >= 0; level--) {
    const isKeptBelow = level + 1 < model.levelCount && ((packed.keep[level + 1]! >> INPUTS) & 1) !== 0;
    if (isKeptBelow) boundary = level;
    if (isKeptBelow || level + 1 === model.levelCount)
      all = inputTensorWords(model, state, packed, boundary, 0, level, EVERY_CHILD);
    const collides =
      hasCollision(model, state, packed, model.rows, level, boundary) ||
      hasCollision(model, state, packed, model.columns, level, boundary);
    const groups = collides ? inputTensorWords(model, state, packed, boundary, 0, level, EVERY_GROUP) : all;
    const served = collides ? inputTensorWords(model, state, packed, boundary, 0, level, EVERY_SERVED) : all;
    if (isKeptBelow) {
      const outer = fillingLevel(packed, INPUTS, level + 1);
      const delivered =
        hasCollision(model, state, packed, model.rows, outer, boundary) ||
        hasCollision(model, state, packed, model.columns, outer, boundary)
          ? inputTensorWords(model, state, packed, boundary, 0, outer, EVERY_MEMBER)
          : all;
      deliver(model, state, INPUTS, level + 1, delivered);
      if (needsBusiest(model, level + 1, everyInstance))
        busiestDeliveries[(level + 1) * 3 + INPUTS] = isAlone(model, state, INPUTS, level + 1)
          ? delivered
          : busiestWords(model, state, packed, boundary, boundary + 1, EVERY_CHILD);
    }
    send(model, state, packed, INPUTS, level, boundary, groups, served);
    if (needsBusiest(model, level, everyInstance))
      busiestIngress[level * 3 + INPUTS] =
        (isAlone(model, state, INPUTS, level)
          ? groups
          : busiestWords(model, state, packed, boundary, level, collides ? EVERY_GROUP : EVERY_CHILD)) *
        ungrouped(model, state, packed, INPUTS, level, boundary);
  }
}

/** The next level outside `level` that keeps a tensor. */
export function fillingLevel(packed: PackedMapping, tensor: number, level: number): number {
  let outer = level - 1;
  while (((packed.keep[outer]! >> tensor) & 1) === 0) outer--;
  return outer;
}

/** Whether all instances of a level see the same of a tensor: nothing outside runs in parallel along a dim that addresses it. */
function isAlone(model: KernelModel, state: KernelState, tensor: number, level: number): boolean {
  return state.instances[level] === copiesAbove(model, state, tensor, level);
}

/** Distinct output words with ragged loops. */
export function countRaggedOutputs(model: KernelModel, state: KernelState): void {
  const { owned } = state.tables;
  let copies = 1;
  for (let level = 0; level < model.levelCount; level++) {
    let own = 1;
    for (let d = 0; d < DIM_COUNT; d++)
      if (((model.relevant[OUTPUTS]! >> d) & 1) !== 0) own *= owned[level * DIM_COUNT + d]!;
    state.distinctOutputs[level] = model.outputWords * copies;
    state.busiestDistinctOutputs[level] = own;
    copies *= irrelevantChildren(model, state, OUTPUTS, level);
  }
}

function needsBusiest(model: KernelModel, level: number, everyInstance: boolean): boolean {
  return everyInstance || model.isPortLimited[level]! !== 0;
}

/**
 * Words of the instance of level `from` that receives (or sends) most. Without padding that is instance 0; with padding every instance
 * is tried, as another one may lie further inside the map.
 */
function busiestWords(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  boundary: number,
  from: number,
  children: number,
): number {
  setRanges(state, model.rows, from, boundary);
  setRanges(state, model.columns, from, boundary);
  const { rows, columns, levelCount } = model;
  const isClipped = boundary < levelCount - 1;
  let most = 0;
  do {
    do {
      most = Math.max(most, inputTensorWords(model, state, packed, boundary, from, from, children));
    } while (isClipped && columns.padded && nextInstance(state, columns, from));
  } while (isClipped && rows.padded && nextInstance(state, rows, from));
  setRanges(state, rows, 0, levelCount - 1);
  setRanges(state, columns, 0, levelCount - 1);
  return most;
}

/** Moves the ranges of the levels outside `from` to the next instance along an axis; false after the last, back at the first. */
function nextInstance(state: KernelState, axis: SlidingAxis, from: number): boolean {
  const { rangeFrom, rangeTo, spatial } = state;
  for (let level = 0; level < from; level++)
    for (let pick = 0; pick < 2; pick++) {
      const at = level * DIM_COUNT + (pick === 0 ? axis.output : axis.filter);
      if (rangeTo[at]! < spatial[at]!) {
        rangeFrom[at]! += 1;
        rangeTo[at]! += 1;
        return true;
      }
      rangeFrom[at] = 0;
      rangeTo[at] = 1;
    }
  return false;
}

/** Children of one instance of a level along dims that do not address the tensor. */
function irrelevantChildren(model: KernelModel, state: KernelState, tensor: number, level: number): number {
  if (tensor === INPUTS) return state.spatial[level * DIM_COUNT + K]!;
  const relevant = model.relevant[tensor]!;
  let children = 1;
  for (let d = 0; d < DIM_COUNT; d++)
    if (((relevant >> d) & 1) === 0) children *= state.spatial[level * DIM_COUNT + d]!;
  return children;
}

/** Children along irrelevant dims that levels outer..boundary serve one by one for lack of multicast. */
function ungrouped(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  tensor: number,
  outer: number,
  boundary: number,
): number {
  let count = 1;
  for (let level = outer; level <= boundary; level++)
    if (!isMulticast(model, packed, level, tensor)) count *= irrelevantChildren(model, state, tensor, level);
  return count;
}

/** Children along irrelevant dims of all levels outside `level`. */
function copiesAbove(model: KernelModel, state: KernelState, tensor: number, level: number): number {
  let copies = 1;
  for (let l = 0; l < level; l++) copies *= irrelevantChildren(model, state, tensor, l);
  return copies;
}

function deliver(model: KernelModel, state: KernelState, tensor: number, child: number, words: number): void {
  state.deliveries[child * 3 + tensor] = words * copiesAbove(model, state, tensor, child);
}

function send(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  tensor: number,
  level: number,
  boundary: number,
  groups: number,
  served: number,
): void {
  const { ingress, served: servedWords } = state.counts;
  const at = level * 3 + tensor;
  const copies = copiesAbove(model, state, tensor, level);
  ingress[at] = groups * copies * ungrouped(model, state, packed, tensor, level, boundary);
  servedWords[at] =
    served *
    copies *
    irrelevantChildren(model, state, tensor, level) *
    ungrouped(model, state, packed, tensor, level + 1, boundary);
}
