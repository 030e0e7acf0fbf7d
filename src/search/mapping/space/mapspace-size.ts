import { primeFactors, product } from '../../../util/integers.ts';
import type { Mapspace } from '../mapspace.ts';
import { chainCount, MOST_COUNTED_STEPS } from './chain-counts.ts';
import type { Factors } from './spatial-choices.ts';
import type { SpatialSpace } from './spatial-space.ts';

/** Size of a mapspace as a power of ten: tilings x orders of all loop dims per level x kept tensors x assignments of loops to the axes of arrays. */
export function mapspaceLog10({ model, factors, spatial, keeps }: Mapspace): number {
  const loopDims = model.bounds.filter((bound) => bound > 1).length;
  let orders = 0;
  for (let i = 2; i <= loopDims; i++) orders += Math.log10(i);
  return Math.log10(tilings(spatial, factors, model.levelCount)) + orders * model.levelCount + Math.log10(keeps.count);
}

/** Of spaces asked for before, which belong to one problem, its levels and factors. */
const tilingsOf = new WeakMap<SpatialSpace, number>();

/** Ways to spread the problem over the arrays and to split the temporal steps of every dim over the levels. */
function tilings(spatial: SpatialSpace, factors: Factors, levelCount: number): number {
  const known = tilingsOf.get(spatial);
  if (known !== undefined) return known;
  const ways = new Map<number, number>();
  const ofSteps = (steps: number): number => {
    const found = ways.get(steps) ?? (factors === 'perfect' ? factorizations : raggedChains)(steps, levelCount);
    ways.set(steps, found);
    return found;
  };
  const sum = spatial.sum(ofSteps);
  tilingsOf.set(spatial, sum);
  return sum;
}

/** Ordered ways to write a number as a product of `count` factors. */
function factorizations(value: number, count: number): number {
  return product(primeFactors(value).map(({ power }) => choose(power + count - 1, power)));
}

/**
 * Ways to choose the bounds of all levels but the outermost, each at most what is left to cover; the outermost covers the rest. The ways to do so
 * over `levels` levels grow as steps times a polynomial of degree levels - 1 in their logarithm, which few counts determine.
 */
function raggedChains(steps: number, levelCount: number): number {
  const levels = levelCount - 1;
  if (steps <= MOST_COUNTED_STEPS || levels === 0) return chainCount(steps, levels);
  const known = Array.from({ length: levels }, (_, i) => Math.round(MOST_COUNTED_STEPS / 4 ** i));
  const perStep = known.map((at) => chainCount(at, levels) / at);
  const log = Math.log(steps);
  const share = (i: number) =>
    product(known.map((at, j) => (i === j ? 1 : (log - Math.log(at)) / (Math.log(known[i]!) - Math.log(at)))));
  return steps * perStep.reduce((sum, ways, i) => sum + ways * share(i), 0);
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}
