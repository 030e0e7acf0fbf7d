import type { Accelerator, FanOut } from '../../../accelerator/accelerator.ts';
import { averageHops } from '../../../accelerator/wires.ts';
import type { DimBounds, LevelConstraint, MappingConstraints } from '../../../mapping/constraints.ts';
import type { SpatialLoop } from '../../../mapping/mapping.ts';
import { ceilDiv, product } from '../../../util/integers.ts';
import { DIMS, type PerDim, TENSORS } from '../../../util/vocabulary.ts';
import { axisBounds } from './axis-bounds.ts';
import { IRRELEVANT } from './loop-orders.ts';

/** Whether bounds must multiply to a dim exactly, or may exceed it without slack: no bound can shrink with the others as they are. */
export type Factors = 'perfect' | 'imperfect';

/** One way to spread the problem over all arrays of the accelerator. */
export interface SpatialChoice {
  /** [level * 8 + dim]: product of the spatial bounds over all array dimensions of the level. */
  readonly bounds: Float64Array;
  /** [level]: the loops. */
  readonly loops: readonly (readonly SpatialLoop[])[];
  /** [level * 3 + tensor]: hops of one word on the links below the level; 0 where it has none. */
  readonly hops: Float64Array;
}

/**
 * Children along a dim: the product of its spatial bounds on the levels from `from` to `to` (exclusive).
 * @param spatial [level * 8 + dim]: spatial bounds
 * @param to default: all levels further in
 */
export function childrenAlong(spatial: Float64Array, d: number, from = 0, to = spatial.length / DIMS.length): number {
  let children = 1;
  for (let level = from; level < to; level++) children *= spatial[level * DIMS.length + d]!;
  return children;
}

/**
 * Lists all spatial choices, each product of bounds per level and dim once: counts depend on nothing else as long as the loops of one dim are
 * adjacent. Of equal products the first found is kept; where links have a length, all that have fewer hops for some tensor.
 */
export function spatialChoices(
  accelerator: Accelerator,
  bounds: PerDim<number>,
  factors: Factors,
  constraints: MappingConstraints,
): SpatialChoice[] {
  let partial: PartialChoice[] = [{ bounds: [], loops: [], hops: [] }];
  for (const [index, level] of accelerator.levels.entries()) {
    const fixed = constraints.levels[index] ?? {};
    const used = new Map<string, PartialChoice>();
    // By the steps that are left: what is equal is one object in all choices.
    const known = new Map<string, LevelChoice[]>();
    for (const outer of partial) {
      const left = DIMS.map((dim, d) => {
        let remaining = bounds[dim];
        for (let l = 0; l < index; l++) {
          const bound = outer.bounds[l * DIMS.length + d]!;
          remaining = factors === 'perfect' ? remaining / bound : ceilDiv(remaining, bound);
        }
        return remaining;
      });
      const leftKey = left.join();
      const choices = known.get(leftKey) ?? levelChoices(level.fanOut, left, factors, fixed);
      known.set(leftKey, choices);
      for (const own of choices) {
        const joined = [...outer.bounds, ...own.bounds];
        const hops = [...outer.hops, ...own.hops];
        const key = `${joined.join(',')} ${hops.join(',')}`;
        if (!used.has(key)) used.set(key, { bounds: joined, loops: [...outer.loops, own.loops], hops });
      }
    }
    partial = [...used.values()];
  }
  const allBounds = rows(partial.map((choice) => choice.bounds));
  const allHops = rows(partial.map((choice) => choice.hops));
  return partial.map(({ loops }, i) => ({ bounds: allBounds[i]!, loops, hops: allHops[i]! }));
}

/** Lists of equal length as views of one buffer: one of its own takes more than the numbers do. */
function rows(lists: readonly (readonly number[])[]): Float64Array[] {
  const width = lists[0]?.length ?? 0;
  const all = new Float64Array(lists.length * width);
  return lists.map((list, i) => {
    const row = all.subarray(i * width, (i + 1) * width);
    row.set(list);
    return row;
  });
}

interface PartialChoice {
  readonly bounds: readonly number[];
  readonly loops: readonly (readonly SpatialLoop[])[];
  readonly hops: readonly number[];
}

/** One way to spread what is left over the array of one level. */
export interface LevelChoice {
  /** [dim] */
  readonly bounds: readonly number[];
  readonly loops: readonly SpatialLoop[];
  /** [tensor]: of one word on the links below the level. */
  readonly hops: readonly number[];
}

interface AxisChoice extends Omit<LevelChoice, 'hops'> {
  /** [axis], of the axes so far: children in use. */
  readonly used: readonly number[];
  /** [tensor][axis]: of them, those that share a word of the tensor. */
  readonly shared: readonly (readonly number[])[];
}

/** The choices of one level, given the steps [dim] that the levels outside leave. */
export function levelChoices(
  fanOut: FanOut,
  left: readonly number[],
  factors: Factors,
  { spatial, spatialTotal }: LevelConstraint,
): LevelChoice[] {
  const { dimensions, wires } = fanOut;
  let choices: AxisChoice[] = [{ bounds: DIMS.map(() => 1), loops: [], used: [], shared: TENSORS.map(() => []) }];
  for (const dimension of dimensions) {
    const next = new Map<string, AxisChoice>();
    for (const choice of choices) {
      const remaining = left.map((value, d) =>
        factors === 'perfect' ? value / choice.bounds[d]! : ceilDiv(value, choice.bounds[d]!),
      );
      const rest = restOfTotals(spatialTotal, choice.bounds);
      arrayChoices(dimension, remaining, factors, { fixed: spatial?.[dimension.name], rest }, (own) => {
        const bounds = choice.bounds.map((bound, d) => bound * own[d]!);
        const used = [...choice.used, product(own)];
        const shared = choice.shared.map((before, t) => [...before, sharedChildren(fanOut, own, t)]);
        const key = `${bounds.join(',')}${wires === undefined ? '' : ` ${used.join(',')} ${shared.join(' ')}`}`;
        if (next.has(key)) return;
        const loops = own.flatMap((bound, d): SpatialLoop[] =>
          bound > 1 ? [{ dim: DIMS[d]!, bound, array: dimension.name }] : [],
        );
        next.set(key, { bounds, loops: [...choice.loops, ...loops], used, shared });
      });
    }
    choices = [...next.values()];
  }
  const allowed = choices.filter(({ bounds }) =>
    DIMS.every((dim, d) => (spatialTotal?.[dim] ?? bounds[d]) === bounds[d]),
  );
  const sizes = dimensions.map(({ size }) => size);
  const withHops = allowed.map((choice) => ({
    ...choice,
    hops: TENSORS.map((_, t) =>
      wires === undefined ? 0 : averageHops(wires.geometry, sizes, choice.used, choice.shared[t]!),
    ),
  }));
  return wires === undefined ? withHops : withoutDetours(withHops);
}

/** Children along one axis that share a word of a tensor, given its bounds. */
function sharedChildren({ multicast }: FanOut, own: readonly number[], t: number): number {
  return multicast[TENSORS[t]!] ? product(own.filter((_, d) => ((IRRELEVANT[t]! >> d) & 1) !== 0)) : 1;
}

/** Choices without those that another with the same bounds has at most as many hops as for every tensor; of equal ones the first is kept. */
function withoutDetours<C extends { readonly bounds: readonly number[]; readonly hops: readonly number[] }>(
  choices: readonly C[],
): C[] {
  const groups = new Map<string, C[]>();
  for (const choice of choices) {
    const key = choice.bounds.join(',');
    const group = groups.get(key) ?? [];
    if (group.some(({ hops }) => hops.every((value, t) => value <= choice.hops[t]!))) continue;
    const kept = group.filter(({ hops }) => hops.some((value, t) => value < choice.hops[t]!));
    groups.set(key, [...kept, choice]);
  }
  return [...groups.values()].flat();
}

/** What is left of the fixed products after the array dimensions so far. */
function restOfTotals(totals: DimBounds = {}, bounds: readonly number[]): DimBounds {
  return Object.fromEntries(
    DIMS.flatMap((dim, d) => {
      const total = totals[dim];
      return total === undefined ? [] : [[dim, total / bounds[d]!]];
    }),
  );
}

/** All vectors of bounds on one array dimension. */
function arrayChoices(
  dimension: FanOut['dimensions'][number],
  left: readonly number[],
  factors: Factors,
  { fixed, rest }: { readonly fixed: DimBounds | undefined; readonly rest: DimBounds },
  visit: (bounds: readonly number[]) => void,
): void {
  const own = DIMS.map(() => 1);
  const choose = (d: number, room: number): void => {
    const dim = DIMS[d];
    if (dim === undefined) {
      visit(own);
      return;
    }
    const isAllowed = dimension.parallelDims === 'any' || dimension.parallelDims.includes(dim);
    const asked = { left: left[d]!, room, isAllowed, isPerfect: factors === 'perfect' };
    for (const bound of axisBounds({ ...asked, wanted: fixed?.[dim], total: rest[dim] })) {
      own[d] = bound;
      choose(d + 1, Math.floor(room / bound));
    }
    own[d] = 1;
  };
  choose(0, dimension.size);
}
