import { greatestCommonDivisor } from '../../util/integers.ts';
import type { NestSizes } from './kernel-state.ts';
import { DIM_COUNT, INPUTS, K, type KernelModel, type SlidingAxis } from './model.ts';

/** Whether children of a level with equal tiles share accesses of a tensor. */
export function isMulticast(nest: NestSizes, level: number, tensor: number): boolean {
  return ((nest.multicast[level]! >> tensor) & 1) !== 0;
}

/** Children of one instance of a level along dims that do not address the tensor: all have equal tiles. */
export function irrelevantChildren(model: KernelModel, nest: NestSizes, tensor: number, level: number): number {
  if (tensor === INPUTS) return nest.spatial[level * DIM_COUNT + K]!;
  const relevant = model.relevant[tensor]!;
  let children = 1;
  for (let d = 0; d < DIM_COUNT; d++) if (((relevant >> d) & 1) === 0) children *= nest.spatial[level * DIM_COUNT + d]!;
  return children;
}

/**
 * Of the children of a level's loops over an output and a filter dim, (i, j) and (i + outputs, j - filters) have equal shifts on the axis.
 * @returns `outputs`
 */
export function outputPeriod(nest: NestSizes, axis: SlidingAxis, level: number): number {
  return filterMove(nest, axis, level) / commonMove(nest, axis, level);
}

/** `filters` of {@link outputPeriod}. */
export function filterPeriod(nest: NestSizes, axis: SlidingAxis, level: number): number {
  return outputMove(nest, axis, level) / commonMove(nest, axis, level);
}

/** Children of one instance of `level` with at least `others` more behind them that have the same shift. */
export function followed(nest: NestSizes, axis: SlidingAxis, level: number, others: number): number {
  const row = level * DIM_COUNT;
  const common = commonMove(nest, axis, level);
  const outputs = nest.spatial[row + axis.output]! - (others * filterMove(nest, axis, level)) / common;
  const filters = nest.spatial[row + axis.filter]! - (others * outputMove(nest, axis, level)) / common;
  return Math.max(0, outputs) * Math.max(0, filters);
}

function commonMove(nest: NestSizes, axis: SlidingAxis, level: number): number {
  return greatestCommonDivisor(outputMove(nest, axis, level), filterMove(nest, axis, level));
}

function outputMove({ extents }: NestSizes, axis: SlidingAxis, level: number): number {
  return axis.stride * extents[(level + 1) * DIM_COUNT + axis.output]!;
}

function filterMove({ extents }: NestSizes, axis: SlidingAxis, level: number): number {
  return axis.dilation * extents[(level + 1) * DIM_COUNT + axis.filter]!;
}
