import { irrelevantChildren, isMulticast } from './equal-tiles.ts';
import type { KernelState, NestSizes } from './kernel-state.ts';
import { type KernelModel, TENSOR_COUNT } from './model.ts';

/** Whether the counts of a level's busiest instance are asked for. */
export function needsBusiest(model: KernelModel, level: number, everyInstance: boolean): boolean {
  return everyInstance || model.isPortLimited[level]! !== 0;
}

/** Whether all instances of a level see the same of a tensor: nothing outside runs in parallel along a dim that addresses it. */
export function isAlone(model: KernelModel, nest: NestSizes, tensor: number, level: number): boolean {
  return nest.instances[level] === copiesAbove(model, nest, tensor, level);
}

/** Children along irrelevant dims that levels outer..boundary serve one by one for lack of multicast. */
export function ungrouped(
  model: KernelModel,
  nest: NestSizes,
  tensor: number,
  outer: number,
  boundary: number,
): number {
  let count = 1;
  for (let level = outer; level <= boundary; level++)
    if (!isMulticast(nest, level, tensor)) count *= irrelevantChildren(model, nest, tensor, level);
  return count;
}

/** Sets the words that the instances of level `child` receive: `words`, times the copies along irrelevant dims. */
export function deliver(model: KernelModel, state: KernelState, tensor: number, child: number, words: number): void {
  state.transfers.deliveries[child * TENSOR_COUNT + tensor] = words * copiesAbove(model, state.nest, tensor, child);
}

/**
 * Sets the words that leave a level towards the children of `boundary`.
 * @param groups words that groups of children with equal shifts receive, once per group
 * @param served the same, once per child of the level
 */
export function send(
  model: KernelModel,
  { nest, counts }: KernelState,
  tensor: number,
  level: number,
  boundary: number,
  groups: number,
  served: number,
): void {
  const at = level * TENSOR_COUNT + tensor;
  const copies = copiesAbove(model, nest, tensor, level);
  counts.ingress[at] = groups * copies * ungrouped(model, nest, tensor, level, boundary);
  counts.served[at] =
    served *
    copies *
    irrelevantChildren(model, nest, tensor, level) *
    ungrouped(model, nest, tensor, level + 1, boundary);
}

/** Children along irrelevant dims of all levels outside `level`. */
function copiesAbove(model: KernelModel, nest: NestSizes, tensor: number, level: number): number {
  let copies = 1;
  for (let l = 0; l < level; l++) copies *= irrelevantChildren(model, nest, tensor, l);
  return copies;
}
