import type { Violation } from '../../mapping/legality.ts';
import { ceilDiv } from '../../util/integers.ts';
import type { PackedMapping } from '../packed-mapping.ts';
import { type KernelState, type NestSizes, TOTAL_EXCESS } from './kernel-state.ts';
import { C, DIM_COUNT, G, K, type KernelModel, N, OUTPUTS, P, Q, R, S, TENSOR_COUNT } from './model.ts';
import { wordsOfTile } from './sliding/axis-tiles.ts';

/** Status of the evaluation of a legal mapping. */
export const FEASIBLE = 0;

const [BAD_FACTORS, BAD_KEEP, BAD_REUSE_RULE, BAD_ARRAY, BAD_PARALLEL_DIM, BAD_CAPACITY, BAD_SPILL, BAD_COMPLETE] = [
  1, 2, 3, 4, 5, 6, 7, 8,
] as const;

/** Rule behind each status, in the order of checking (cheap ones first). An illegal mapping's status is its first broken rule. */
export const STATUS_RULES: readonly (Violation['rule'] | 'feasible')[] = [
  'feasible',
  'factors',
  'keep',
  'reuse-rule',
  'array',
  'parallel-dim',
  'capacity',
  'spill',
  'complete',
];

/**
 * Checks the mapping in the state by the rules of `checkMapping` and measures extents, instances and tiles on the way.
 * @returns the status; unless it is 0, the excess of the worst violation of that rule is left in the totals
 */
export function checkPacked(model: KernelModel, state: KernelState): number {
  const { nest, packed } = state;
  const fits = measureExtents(model, nest, packed);
  let excess = 0;
  nest.raggedDims = 0;
  for (let d = 0; d < DIM_COUNT; d++) {
    if (nest.extents[d] === model.bounds[d]) continue;
    excess = Math.max(excess, factorExcess(model, packed, d, nest.extents[d]!));
    nest.raggedDims |= 1 << d;
  }
  if (excess > 0) return finish(state, BAD_FACTORS, excess);
  for (let level = 0; level < model.levelCount; level++) {
    const keep = packed.keep[level]!;
    if ((keep & ~model.mayKeep[level]!) !== 0 || (model.mustKeep[level]! & ~keep) !== 0)
      return finish(state, BAD_KEEP, 1);
  }
  if (model.isTimeloop && nest.raggedDims !== 0) return finish(state, BAD_REUSE_RULE, 1);
  if (!fits) {
    excess = arrayExcess(model, packed);
    return excess > 0 ? finish(state, BAD_ARRAY, excess) : finish(state, BAD_PARALLEL_DIM, 1);
  }
  excess = measureTiles(model, nest, packed);
  if (excess > 0) return finish(state, BAD_CAPACITY, excess);
  if (model.overheads.isAnySpillBanned) {
    excess = spillExcess(model, packed);
    if (excess > 0) return finish(state, BAD_SPILL, excess);
  }
  if (model.residency?.needsComplete === true) {
    excess = arrivals(model, state, model.residency.level) - 1;
    if (excess > 0) return finish(state, BAD_COMPLETE, excess);
  }
  return finish(state, FEASIBLE, 0);
}

function finish(state: KernelState, status: number, excess: number): number {
  state.costs.totals[TOTAL_EXCESS] = excess;
  return status;
}

/** Extents, steps, instances, multicast. @returns whether the spatial loops fit on their array dimensions */
function measureExtents(model: KernelModel, nest: NestSizes, packed: PackedMapping): boolean {
  const { levelCount, arrayCount, arraysOf, arraySize, unwired } = model;
  const { extents, spatial, steps, children, instances, multicast } = nest;
  const { temporal, spatial: bounds, noMulticast } = packed;
  let fits = true;
  for (let level = levelCount - 1; level >= 0; level--) {
    const row = level * DIM_COUNT;
    const arrays = arraysOf[level]!;
    let all = 1;
    for (let a = 0; a < arrays; a++) {
      const array = level * arrayCount + a;
      const first = array * DIM_COUNT;
      let used = 1;
      let misplaced = 0;
      for (let d = 0; d < DIM_COUNT; d++) {
        const bound = bounds[first + d]!;
        used *= bound;
        misplaced += (bound - 1) * unwired[first + d]!;
        spatial[row + d] = a === 0 ? bound : spatial[row + d]! * bound;
      }
      if (used > arraySize[array]! || misplaced !== 0) fits = false;
      all *= used;
    }
    children[level] = all;
    multicast[level] = model.multicast[level]! & ~noMulticast[level]!;
    for (let d = row; d < row + DIM_COUNT; d++) {
      const step = extents[d + DIM_COUNT]! * spatial[d]!;
      steps[d] = step;
      extents[d] = step * temporal[d]!;
    }
  }
  let used = 1;
  for (let level = 0; level < levelCount; level++) {
    instances[level] = used;
    used *= children[level]!;
  }
  instances[levelCount] = used;
  return fits;
}

/** Stored words of every tile. @returns the largest relative overflow of a level, 0 or less when all fit */
function measureTiles(model: KernelModel, nest: NestSizes, packed: PackedMapping): number {
  const { levelCount, bounds, rows, columns, capacityKind, capacityBits, copies, tileBitsOf } = model;
  const { extents, tileWords } = nest;
  const isRagged = nest.raggedDims !== 0;
  let worst = 0;
  for (let level = 0; level < levelCount; level++) {
    const row = level * DIM_COUNT;
    let n = extents[row + N]!;
    let g = extents[row + G]!;
    let k = extents[row + K]!;
    let c = extents[row + C]!;
    let p = extents[row + P]!;
    let q = extents[row + Q]!;
    let r = extents[row + R]!;
    let s = extents[row + S]!;
    if (isRagged) {
      n = Math.min(n, bounds[N]!);
      g = Math.min(g, bounds[G]!);
      k = Math.min(k, bounds[K]!);
      c = Math.min(c, bounds[C]!);
      p = Math.min(p, bounds[P]!);
      q = Math.min(q, bounds[Q]!);
      r = Math.min(r, bounds[R]!);
      s = Math.min(s, bounds[S]!);
    }
    const height = wordsOfTile(rows, p, r);
    const width = wordsOfTile(columns, q, s);
    const t = level * TENSOR_COUNT;
    const weights = g * c * k * r * s;
    const inputs = n * g * c * Math.min(height, rows.length) * Math.min(width, columns.length);
    const outputs = n * g * k * p * q;
    tileWords[t] = weights;
    tileWords[t + 1] = model.isTimeloop ? n * g * c * height * width : inputs;
    tileWords[t + 2] = outputs;
    const kind = capacityKind[level]!;
    if (kind === 0) continue;
    const keep = packed.keep[level]!;
    const share = copies[level]!;
    const weightBits = (keep & 1) === 0 ? 0 : weights * tileBitsOf[t]! * share;
    const inputBits = (keep & 2) === 0 ? 0 : inputs * tileBitsOf[t + 1]! * share;
    const outputBits = (keep & 4) === 0 ? 0 : outputs * tileBitsOf[t + 2]! * share;
    if (kind === 1) worst = worseOf(worst, weightBits + inputBits + outputBits, capacityBits[t]!);
    else {
      worst = worseOf(worst, weightBits, capacityBits[t]!);
      worst = worseOf(worst, inputBits, capacityBits[t + 1]!);
      worst = worseOf(worst, outputBits, capacityBits[t + 2]!);
    }
  }
  return worst;
}

function worseOf(worst: number, needed: number, available: number): number {
  return needed <= available ? worst : Math.max(worst, needed / available - 1);
}

/** Excess of the worst loop over a dim, or of a dim that is not covered; 0 when the rule on factors holds. */
function factorExcess(model: KernelModel, packed: PackedMapping, d: number, covered: number): number {
  const { levelCount, arrayCount } = model;
  const bound = model.bounds[d]!;
  let worst = covered < bound ? bound / covered - 1 : 0;
  let step = 1;
  for (let level = levelCount - 1; level >= 0; level--) {
    for (let a = (level + 1) * arrayCount - 1; a >= level * arrayCount; a--) {
      const trips = packed.spatial[a * DIM_COUNT + d]!;
      worst = Math.max(worst, loopExcess(bound, trips, step));
      step *= trips;
    }
    const trips = packed.temporal[level * DIM_COUNT + d]!;
    worst = Math.max(worst, loopExcess(bound, trips, step));
    step *= trips;
  }
  return worst;
}

/** Excess of a loop with iterations that start behind the dim's bound at index 0 of all other loops; 0 without. */
function loopExcess(bound: number, trips: number, step: number): number {
  if ((trips - 1) * step < bound) return 0;
  return Math.max(trips / ceilDiv(bound, step) - 1, 1e-9);
}

/** Largest excess of the rule on array sizes; 0 when it holds. */
function arrayExcess(model: KernelModel, packed: PackedMapping): number {
  let worst = 0;
  for (let a = 0; a < model.levelCount * model.arrayCount; a++) {
    let used = 1;
    for (let d = 0; d < DIM_COUNT; d++) used *= packed.spatial[a * DIM_COUNT + d]!;
    worst = worseOf(worst, used, model.arraySize[a]!);
  }
  return worst;
}

/** Most returns of a partial sum (`spillOf`) to a level that takes none back; 0 when the rule holds. */
function spillExcess({ levelCount, relevant, overheads }: KernelModel, packed: PackedMapping): number {
  const addressing = relevant[OUTPUTS]!;
  let summed = 1;
  let visits = 1;
  let worst = 0;
  for (let level = 0; level < levelCount; level++) {
    if (overheads.noSpill[level] !== 0 && ((packed.keep[level]! >> OUTPUTS) & 1) !== 0)
      worst = Math.max(worst, visits - 1);
    for (let place = level * DIM_COUNT; place < (level + 1) * DIM_COUNT; place++) {
      const d = packed.order[place]!;
      const bound = packed.temporal[level * DIM_COUNT + d]!;
      if (((addressing >> d) & 1) === 0) summed *= bound;
      else if (bound > 1) visits = summed;
    }
  }
  return worst;
}

/** Times that a word of Outputs arrives at a level from inside (`arrivals` of the mapping's legality). */
function arrivals({ levelCount, relevant, overheads }: KernelModel, { nest, packed }: KernelState, at: number): number {
  const addressing = relevant[OUTPUTS]!;
  let keeper = at + 1;
  while (keeper < levelCount && ((packed.keep[keeper]! >> OUTPUTS) & 1) === 0) keeper++;
  const isAnew = keeper === levelCount || ((overheads.refetch[keeper]! >> OUTPUTS) & 1) !== 0;
  let summed = 1;
  let returned = 1;
  let apart = 1;
  for (let level = 0; level < keeper; level++) {
    for (let place = level * DIM_COUNT; place < (level + 1) * DIM_COUNT; place++) {
      const d = packed.order[place]!;
      const bound = packed.temporal[level * DIM_COUNT + d]!;
      if (((addressing >> d) & 1) === 0) summed *= bound;
      else if (bound > 1) returned = summed;
    }
    if (level < at || ((nest.multicast[level]! >> OUTPUTS) & 1) !== 0) continue;
    for (let d = 0; d < DIM_COUNT; d++)
      if (((addressing >> d) & 1) === 0) apart *= nest.spatial[level * DIM_COUNT + d]!;
  }
  return (isAnew ? summed : returned) * apart;
}
