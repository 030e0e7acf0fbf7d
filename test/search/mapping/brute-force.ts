import { compileKernel } from '../../../src/cost/kernel/kernel.ts';
import { FEASIBLE, STATUS_RULES } from '../../../src/cost/kernel/packed-legality.ts';
import { emptyPackedMapping, type PackedMapping } from '../../../src/cost/packed-mapping.ts';
import type { Mapspace } from '../../../src/search/mapping/mapspace.ts';
import { ceilDiv } from '../../../src/util/integers.ts';
import { DIMS } from '../../../src/util/vocabulary.ts';

/** Bounds of all loops over one dim: [level] temporal, then [level * arrays + array] spatial. */
interface DimSplit {
  readonly temporal: readonly number[];
  readonly spatial: readonly number[];
}

/**
 * Visits every mapping of a mapspace, constraints left aside: every choice of kept tensors, every way to split every dim over temporal and spatial
 * loops of all levels, every order of the loops with bound > 1 of every level but the innermost, and of the innermost where it decides how often an
 * array takes other weights. Illegal ones are left out by the kernel.
 * @param limit most mappings to visit
 * @returns how many were scored, or null when there are more than `limit`
 */
export function visitAllMappings(
  mapspace: Mapspace,
  limit: number,
  visit: (energyPj: number, cycles: number, packed: PackedMapping) => void,
): number | null {
  const { layer, accelerator, temporalReuse, factors } = mapspace;
  const kernel = compileKernel(layer, accelerator, { temporalReuse });
  const packed = emptyPackedMapping(kernel.layout);
  const levels = accelerator.levels.length;
  const hasFill = accelerator.levels.some(({ fanOut }) => fanOut.fill !== undefined);
  const ordered = hasFill ? levels : levels - 1;
  const { arrayCount } = kernel.layout;
  const splits = DIMS.map((dim) =>
    dimSplits(mapspace, dim, layer.problem.bounds[dim], arrayCount, factors === 'perfect'),
  );
  const visitTilings = (visitTiling: () => void, d = 0): void => {
    const list = splits[d];
    if (list === undefined) {
      visitTiling();
      return;
    }
    for (const split of list) {
      for (let level = 0; level < levels; level++) packed.temporal[level * 8 + d] = split.temporal[level]!;
      split.spatial.forEach((bound, a) => {
        packed.spatial[a * 8 + d] = bound;
      });
      if (fitsArrays(mapspace, packed, arrayCount)) visitTilings(visitTiling, d + 1);
    }
    for (let level = 0; level < levels; level++) packed.temporal[level * 8 + d] = 1;
    for (let a = 0; a < levels * arrayCount; a++) packed.spatial[a * 8 + d] = 1;
  };
  const keepChoices = mapspace.keeps.all();
  if (splits.reduce((count, list) => count * list.length, keepChoices.length) > limit) return null;
  let perKeepChoice = 0;
  visitTilings(() => {
    let orders = 1;
    for (let level = 0; level < ordered; level++) orders *= ordersOfLevel(packed, level).length;
    perKeepChoice += orders;
  });
  if (perKeepChoice * keepChoices.length > limit) return null;
  let scored = 0;
  const visitOrders = (level: number): void => {
    if (level >= ordered) {
      if (kernel.evaluate(packed) !== FEASIBLE) return;
      scored++;
      visit(kernel.energyPj, kernel.cycles, packed);
      return;
    }
    for (const order of ordersOfLevel(packed, level)) {
      packed.order.set(order, level * 8);
      visitOrders(level + 1);
    }
  };
  for (const keep of keepChoices) {
    packed.keep.set(keep);
    // No rules of legality but those on partial sums look at orders: what is illegal in one is so in all.
    visitTilings(() => {
      const status = kernel.evaluate(packed);
      if (status === FEASIBLE || BY_ORDER.has(STATUS_RULES[status]!)) visitOrders(0);
    });
  }
  return scored;
}

/** Whether one less than a bound would leave more steps outside it, so that the bound has no slack. */
function isTight(steps: number, bound: number): boolean {
  return bound === 1 || ceilDiv(steps, bound - 1) > ceilDiv(steps, bound);
}

/** All ways to split a dim; with imperfect factors those without slack but for fixed spatial bounds. */
function dimSplits(
  mapspace: Mapspace,
  dim: (typeof DIMS)[number],
  bound: number,
  arrayCount: number,
  perfect: boolean,
): DimSplit[] {
  const { accelerator, constraints } = mapspace;
  const found: DimSplit[] = [];
  const levels = accelerator.levels.length;
  const spatial = new Array<number>(levels * arrayCount).fill(1);
  const isAllowed = (steps: number, trips: number) => (perfect ? steps % trips === 0 : isTight(steps, trips));
  const chooseArray = (level: number, a: number, left: number): void => {
    const arrays = accelerator.levels[level]?.fanOut.dimensions;
    if (arrays === undefined) {
      for (const temporal of perfect ? perfectChains(left, levels) : tightChains(left, levels))
        found.push({ temporal, spatial: [...spatial] });
      return;
    }
    if (a === arrays.length) {
      chooseArray(level + 1, 0, left);
      return;
    }
    const { name, size, parallelDims } = arrays[a]!;
    const fixed = constraints.levels[level]?.spatial;
    const most = parallelDims === 'any' || parallelDims.includes(dim) ? Math.min(size, left) : 1;
    for (let trips = 1; trips <= most; trips++) {
      if (!isAllowed(left, trips) && (perfect || fixed?.[name]?.[dim] !== trips)) continue;
      spatial[level * arrayCount + a] = trips;
      chooseArray(level, a + 1, ceilDiv(left, trips));
    }
    spatial[level * arrayCount + a] = 1;
  };
  chooseArray(0, 0, bound);
  return found;
}

/** Temporal bounds per level, outermost first, whose product is `steps`. */
function perfectChains(steps: number, levels: number): number[][] {
  if (levels === 0) return steps === 1 ? [[]] : [];
  const chains: number[][] = [];
  for (let trips = 1; trips <= steps; trips++)
    if (steps % trips === 0)
      for (const inner of perfectChains(steps / trips, levels - 1)) chains.push([trips, ...inner]);
  return chains;
}

/** Temporal bounds per level, outermost first, through all extents that tiles can have where no bound has slack. */
function tightChains(steps: number, levels: number): number[][] {
  const extents = new Set<number>();
  const list = (level: number, extent: number): void => {
    extents.add(Math.min(extent, steps));
    if (level === 0 || extent >= steps) return;
    const left = ceilDiv(steps, extent);
    for (let trips = 1; trips <= left; trips++) if (isTight(left, trips)) list(level - 1, extent * trips);
  };
  list(levels - 1, 1);
  const chains: number[][] = [];
  const choose = (inner: readonly number[], extent: number): void => {
    const isOutermost = inner.length === levels - 1;
    for (const outer of isOutermost ? [steps] : extents) {
      if (outer < extent || (outer !== steps && outer % extent !== 0)) continue;
      const trips = ceilDiv(outer, extent);
      if (isOutermost) chains.push([trips, ...inner]);
      else choose([trips, ...inner], outer);
    }
  };
  choose([], 1);
  return chains;
}

function fitsArrays(mapspace: Mapspace, packed: PackedMapping, arrayCount: number): boolean {
  return mapspace.accelerator.levels.every((level, index) =>
    level.fanOut.dimensions.every(({ size }, a) => {
      let used = 1;
      for (let d = 0; d < 8; d++) used *= packed.spatial[(index * arrayCount + a) * 8 + d]!;
      return used <= size;
    }),
  );
}

/** Rules of legality that look at the order of loops. */
const BY_ORDER: ReadonlySet<string> = new Set(['spill', 'complete']);

const ordersOf = new Map<number, readonly Uint8Array[]>();

/** All orders of the dims of a level whose loops have a bound above 1, the other dims behind them. */
function ordersOfLevel({ temporal }: PackedMapping, level: number): readonly Uint8Array[] {
  let looping = 0;
  for (let d = 0; d < 8; d++) if (temporal[level * 8 + d]! > 1) looping |= 1 << d;
  const known = ordersOf.get(looping);
  if (known !== undefined) return known;
  const dims = DIMS.map((_, d) => d);
  const idle = dims.filter((d) => ((looping >> d) & 1) === 0);
  const orders = permutations(dims.filter((d) => !idle.includes(d))).map((order) =>
    Uint8Array.from([...order, ...idle]),
  );
  ordersOf.set(looping, orders);
  return orders;
}

/** All orders of some items. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}
