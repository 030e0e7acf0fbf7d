import { irrelevantChildren, isMulticast } from './equal-tiles.ts';
import type { NestSizes } from './kernel-state.ts';
import type { KernelModel } from './model.ts';

/** Whether the counts of a level's busiest instance are asked for. */
export function needsBusiest(model: KernelModel, level: number, everyInstance: boolean): boolean {
  return everyInstance || model.isPortLimited[level]! !== 0;
}

/** Whether the tiles of a tensor that cross `boundary` come anew at every step, whatever the children held before. */
export function isRefetched({ overheads }: KernelModel, tensor: number, boundary: number): boolean {
  return ((overheads.refetch[boundary + 1]! >> tensor) & 1) !== 0;
}

/** Whether all instances of a level see the same of a tensor: nothing outside runs in parallel along a dim that addresses it. */
export function isAlone(model: KernelModel, nest: NestSizes, tensor: number, level: number): boolean {
  return nest.instances[level] === copies(model, nest, tensor, levelsOutside(level));
}

/** The levels outside `level`, as bits. */
export function levelsOutside(level: number): number {
  return (1 << level) - 1;
}

/** The levels outer..boundary whose children along irrelevant dims are served one by one for lack of multicast, as bits. */
export function servedApart(nest: NestSizes, tensor: number, outer: number, boundary: number): number {
  let levels = 0;
  for (let level = outer; level <= boundary; level++) if (!isMulticast(nest, level, tensor)) levels |= 1 << level;
  return levels;
}

/** Children along irrelevant dims on some levels (as bits). */
export function copies(model: KernelModel, nest: NestSizes, tensor: number, levels: number): number {
  let count = 1;
  for (let level = 0; level < model.levelCount; level++)
    if (((levels >> level) & 1) !== 0) count *= irrelevantChildren(model, nest, tensor, level);
  return count;
}
