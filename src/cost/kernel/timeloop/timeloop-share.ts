import { followed, isMulticast } from '../equal-tiles.ts';
import type { NestSizes } from '../kernel-state.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, type SlidingAxis } from '../model.ts';

/**
 * Words of Inputs that each child of a level receives as Timeloop sums and truncates them: per multiplicity, ascending, words times groups
 * times multiplicity over children in doubles (`timeloopShare` of the reference). Exact but for several multiplicities in one block.
 */
export function timeloopShare({ rows, columns }: KernelModel, nest: NestSizes, level: number, words: number): number {
  const { spatial } = nest;
  const row = level * DIM_COUNT;
  const rowSizes = Math.min(spatial[row + rows.output]!, spatial[row + rows.filter]!);
  const columnSizes = Math.min(spatial[row + columns.output]!, spatial[row + columns.filter]!);
  if (rowSizes * columnSizes === 1 || !isMulticast(nest, level, INPUTS)) return words;
  const children = nest.children[level]!;
  const plain = spatial[row + N]! * spatial[row + G]! * spatial[row + C]!;
  let share = 0;
  for (let size = 1; size <= rowSizes * columnSizes; size++) {
    let groups = 0;
    for (let rowSize = 1; rowSize <= Math.min(size, rowSizes); rowSize++)
      if (size % rowSize === 0)
        groups += groupsOfSize(nest, rows, level, rowSize) * groupsOfSize(nest, columns, level, size / rowSize);
    if (groups > 0) share += (words * groups * plain * size * spatial[row + K]!) / children;
  }
  return Math.floor(share);
}

/** Groups of exactly `size` children of a level with equal shifts on a sliding axis. */
function groupsOfSize(nest: NestSizes, axis: SlidingAxis, level: number, size: number): number {
  return (
    followed(nest, axis, level, size - 1) -
    2 * followed(nest, axis, level, size) +
    followed(nest, axis, level, size + 1)
  );
}
