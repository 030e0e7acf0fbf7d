import { followed, isMulticast } from '../equal-tiles.ts';
import type { NestSizes } from '../kernel-state.ts';
import { C, DIM_COUNT, G, K, type KernelModel, N, OUTPUTS, R, S, type SlidingAxis, WEIGHTS } from '../model.ts';

/** Groups of children of one instance of `level` that are served apart: distinct shifts, or all children without multicast. */
export function groupsOf(model: KernelModel, nest: NestSizes, level: number, tensor: number): number {
  const children = nest.children[level]!;
  if (children === 1 || !isMulticast(nest, level, tensor)) return children;
  const { spatial } = nest;
  const row = level * DIM_COUNT;
  if (tensor === WEIGHTS)
    return spatial[row + G]! * spatial[row + C]! * spatial[row + K]! * spatial[row + R]! * spatial[row + S]!;
  if (tensor === OUTPUTS) return children / (spatial[row + C]! * spatial[row + R]! * spatial[row + S]!);
  const plain = spatial[row + N]! * spatial[row + G]! * spatial[row + C]!;
  return plain * distinctShifts(nest, model.rows, level) * distinctShifts(nest, model.columns, level);
}

/** Distinct shifts of the children of one instance of `level` on a sliding axis. */
function distinctShifts(nest: NestSizes, axis: SlidingAxis, level: number): number {
  const outputs = nest.spatial[level * DIM_COUNT + axis.output]!;
  const filters = nest.spatial[level * DIM_COUNT + axis.filter]!;
  return outputs === 1 || filters === 1 ? outputs * filters : outputs * filters - followed(nest, axis, level, 1);
}
