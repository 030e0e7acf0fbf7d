import { DIM_COUNT, type KernelModel } from '../../../cost/kernel/model.ts';
import { ceilDiv } from '../../../util/integers.ts';
import type { Mapspace } from '../mapspace.ts';
import { childrenAlong, type SpatialChoice } from './spatial-choices.ts';

/** Size of a mapspace as a power of ten: tilings x orders of all loop dims per level x kept tensors x spatial choices. */
export function mapspaceLog10({ model, factors, spatialChoices, keepChoices }: Mapspace): number {
  let tilings = 0;
  for (const choice of spatialChoices) tilings += 10 ** tilingsLog10(model, factors, choice);
  const loopDims = model.bounds.filter((bound) => bound > 1).length;
  let orders = 0;
  for (let i = 2; i <= loopDims; i++) orders += Math.log10(i);
  return Math.log10(tilings) + orders * model.levelCount + Math.log10(keepChoices.length);
}

/** Ways to split the temporal steps of every dim over the levels, as a power of ten. */
function tilingsLog10(model: KernelModel, factors: Mapspace['factors'], choice: SpatialChoice): number {
  let log = 0;
  for (let d = 0; d < DIM_COUNT; d++) {
    const steps = ceilDiv(model.bounds[d]!, childrenAlong(choice.bounds, d));
    const ways = factors === 'perfect' ? factorizations : raggedChains;
    log += Math.log10(ways(steps, model.levelCount));
  }
  return log;
}

/** Ordered ways to write a number as a product of `count` factors. */
function factorizations(value: number, count: number): number {
  let ways = 1;
  let rest = value;
  for (let prime = 2; prime * prime <= rest; prime++) {
    let power = 0;
    while (rest % prime === 0) {
      rest /= prime;
      power++;
    }
    ways *= choose(power + count - 1, power);
  }
  return rest > 1 ? ways * count : ways;
}

/** Ways to choose the bounds of all levels but the outermost, each at most what is left to cover; the outermost covers the rest. */
function raggedChains(steps: number, levelCount: number): number {
  let ways = new Map([[1, 1]]);
  for (let level = levelCount - 1; level >= 1; level--) {
    const next = new Map<number, number>();
    for (const [extent, count] of ways)
      for (let bound = 1; bound <= Math.ceil(steps / extent); bound++) {
        const covered = Math.min(steps, extent * bound);
        next.set(covered, (next.get(covered) ?? 0) + count);
      }
    ways = next;
  }
  let total = 0;
  for (const count of ways.values()) total += count;
  return total;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}
