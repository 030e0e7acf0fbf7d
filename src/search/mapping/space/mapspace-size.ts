import { DIM_COUNT, type KernelModel } from '../../../cost/kernel/model.ts';
import { ceilDiv, primeFactors, product } from '../../../util/integers.ts';
import type { Mapspace } from '../mapspace.ts';
import { childrenAlong, type SpatialChoice } from './spatial-choices.ts';

/** Size of a mapspace as a power of ten: tilings x orders of all loop dims per level x kept tensors x spatial choices. */
export function mapspaceLog10({ model, factors, spatialChoices, keepChoices }: Mapspace): number {
  const known = new Map<number, number>();
  const waysLog10 = (steps: number): number => {
    const ways =
      known.get(steps) ?? Math.log10((factors === 'perfect' ? factorizations : raggedChains)(steps, model.levelCount));
    known.set(steps, ways);
    return ways;
  };
  let tilings = tilingsOf.get(spatialChoices);
  if (tilings === undefined) {
    tilings = 0;
    for (const choice of spatialChoices) tilings += 10 ** tilingsLog10(model, choice, waysLog10);
    tilingsOf.set(spatialChoices, tilings);
  }
  const loopDims = model.bounds.filter((bound) => bound > 1).length;
  let orders = 0;
  for (let i = 2; i <= loopDims; i++) orders += Math.log10(i);
  return Math.log10(tilings) + orders * model.levelCount + Math.log10(keepChoices.length);
}

/** Of lists asked for before, which belong to one problem, its levels and factors. */
const tilingsOf = new WeakMap<readonly SpatialChoice[], number>();

/** Ways to split the temporal steps of every dim over the levels, as a power of ten. */
function tilingsLog10(model: KernelModel, choice: SpatialChoice, waysLog10: (steps: number) => number): number {
  let log = 0;
  for (let d = 0; d < DIM_COUNT; d++) log += waysLog10(ceilDiv(model.bounds[d]!, childrenAlong(choice.bounds, d)));
  return log;
}

/** Ordered ways to write a number as a product of `count` factors. */
function factorizations(value: number, count: number): number {
  return product(primeFactors(value).map(({ power }) => choose(power + count - 1, power)));
}

/** Steps up to which chains are counted one by one. */
const MOST_COUNTED = 2 ** 16;

/**
 * Ways to choose the bounds of all levels but the outermost, each at most what is left to cover; the outermost covers the rest. The ways to do so
 * over `levels` levels grow as steps times a polynomial of degree levels - 1 in their logarithm, which few counts determine.
 */
function raggedChains(steps: number, levelCount: number): number {
  const levels = levelCount - 1;
  if (steps <= MOST_COUNTED || levels === 0) return countChains(steps, levels, new Map());
  const known = Array.from({ length: levels }, (_, i) => Math.round(MOST_COUNTED / 4 ** i));
  const perStep = known.map((at) => countChains(at, levels, new Map()) / at);
  const log = Math.log(steps);
  const share = (i: number) =>
    product(known.map((at, j) => (i === j ? 1 : (log - Math.log(at)) / (Math.log(known[i]!) - Math.log(at)))));
  return steps * perStep.reduce((sum, ways, i) => sum + ways * share(i), 0);
}

/** Chains of bounds over `levels` levels where `left` steps are left to cover; bounds that leave the same are counted at once. */
function countChains(left: number, levels: number, known: Map<number, number>): number {
  if (levels === 0 || left === 1) return 1;
  const key = left * 64 + levels;
  const counted = known.get(key);
  if (counted !== undefined) return counted;
  let ways = 0;
  for (let bound = 1; bound <= left; ) {
    const rest = ceilDiv(left, bound);
    const next = rest === 1 ? left + 1 : Math.floor((left - 1) / (rest - 1)) + 1;
    ways += (next - bound) * countChains(rest, levels - 1, known);
    bound = next;
  }
  known.set(key, ways);
  return ways;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}
