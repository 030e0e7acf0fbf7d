import { followed, isMulticast } from '../equal-tiles.ts';
import type { KernelState, NestSizes } from '../kernel-state.ts';
import { DIM_COUNT, INPUTS } from '../model.ts';
import type { AxisSum } from './axis-sum.ts';

/** Finds the levels whose children have equal shifts on a sliding axis. */
export function findCollisions({ nest, rowSum, columnSum }: KernelState): void {
  rowSum.collisions = collisionsOn(nest, rowSum);
  columnSum.collisions = collisionsOn(nest, columnSum);
}

function collisionsOn(nest: NestSizes, { axis }: AxisSum): number {
  const { spatial, multicast } = nest;
  let collisions = 0;
  for (let level = 0; level < multicast.length; level++) {
    const row = level * DIM_COUNT;
    if (spatial[row + axis.output] === 1 || spatial[row + axis.filter] === 1) continue;
    if (isMulticast(nest, level, INPUTS) && followed(nest, axis, level, 1) > 0) collisions |= 1 << level;
  }
  return collisions;
}

/** Whether children of any level in outer..boundary have equal shifts on the sum's axis. */
export function hasCollision({ collisions }: AxisSum, outer: number, boundary: number): boolean {
  return ((collisions >> outer) & ((2 << (boundary - outer)) - 1)) !== 0;
}

/** Whether children of some level in outer..boundary get united tiles, as no member stands for a group: both dims of the axis are ragged. */
export function needsUnion({ raggedDims }: NestSizes, sum: AxisSum, outer: number, boundary: number): boolean {
  const isRagged = ((raggedDims >> sum.axis.output) & (raggedDims >> sum.axis.filter) & 1) !== 0;
  return isRagged && hasCollision(sum, outer, boundary);
}
