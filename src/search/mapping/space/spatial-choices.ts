import type { Accelerator, ArrayDimension } from '../../../accelerator/accelerator.ts';
import type { DimBounds, LevelConstraint, MappingConstraints } from '../../../mapping/constraints.ts';
import type { SpatialLoop } from '../../../mapping/mapping.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { DIMS, type PerDim } from '../../../util/vocabulary.ts';

/** Whether bounds must multiply to a dim exactly, or may exceed it without slack: no bound can shrink with the others as they are. */
export type Factors = 'perfect' | 'imperfect';

/** One way to spread the problem over all arrays of the accelerator. */
export interface SpatialChoice {
  /** [level * 8 + dim]: product of the spatial bounds over all array dimensions of the level. */
  readonly bounds: Float64Array;
  /** [level]: the loops. */
  readonly loops: readonly (readonly SpatialLoop[])[];
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
 * Lists all spatial choices, each product of bounds per level and dim once: cost depends on nothing else as long as the loops of one dim are
 * adjacent. Of equal products the first found is kept.
 */
export function spatialChoices(
  accelerator: Accelerator,
  bounds: PerDim<number>,
  factors: Factors,
  constraints: MappingConstraints,
): SpatialChoice[] {
  let partial: { bounds: number[]; loops: SpatialLoop[][] }[] = [{ bounds: [], loops: [] }];
  for (const [index, level] of accelerator.levels.entries()) {
    const fixed = constraints.levels[index] ?? {};
    const used = new Map<string, { bounds: number[]; loops: SpatialLoop[][] }>();
    for (const outer of partial) {
      const left = DIMS.map((dim, d) => {
        let remaining = bounds[dim];
        for (let l = 0; l < index; l++) {
          const bound = outer.bounds[l * DIMS.length + d]!;
          remaining = factors === 'perfect' ? remaining / bound : ceilDiv(remaining, bound);
        }
        return remaining;
      });
      for (const own of levelChoices(level.fanOut.dimensions, left, factors, fixed)) {
        const joined = [...outer.bounds, ...own.bounds];
        const key = joined.join(',');
        if (!used.has(key)) used.set(key, { bounds: joined, loops: [...outer.loops, own.loops] });
      }
    }
    partial = [...used.values()];
  }
  return partial.map(({ bounds: all, loops }) => ({ bounds: Float64Array.from(all), loops }));
}

interface LevelChoice {
  readonly bounds: readonly number[];
  readonly loops: SpatialLoop[];
}

function levelChoices(
  dimensions: readonly ArrayDimension[],
  left: readonly number[],
  factors: Factors,
  { spatial, spatialTotal }: LevelConstraint,
): LevelChoice[] {
  let choices: LevelChoice[] = [{ bounds: DIMS.map(() => 1), loops: [] }];
  for (const dimension of dimensions) {
    const next = new Map<string, LevelChoice>();
    for (const choice of choices) {
      const remaining = left.map((value, d) =>
        factors === 'perfect' ? value / choice.bounds[d]! : ceilDiv(value, choice.bounds[d]!),
      );
      const rest = restOfTotals(spatialTotal, choice.bounds);
      arrayChoices(dimension, remaining, factors, { fixed: spatial?.[dimension.name], rest }, (own) => {
        const bounds = choice.bounds.map((bound, d) => bound * own[d]!);
        const key = bounds.join(',');
        if (next.has(key)) return;
        const loops = own.flatMap((bound, d): SpatialLoop[] =>
          bound > 1 ? [{ dim: DIMS[d]!, bound, array: dimension.name }] : [],
        );
        next.set(key, { bounds, loops: [...choice.loops, ...loops] });
      });
    }
    choices = [...next.values()];
  }
  return choices.filter(({ bounds }) => DIMS.every((dim, d) => (spatialTotal?.[dim] ?? bounds[d]) === bounds[d]));
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
  dimension: ArrayDimension,
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
    const most = Math.min(room, left[d]!);
    const wanted = fixed?.[dim];
    const total = rest[dim];
    const isAllowed = dimension.parallelDims === 'any' || dimension.parallelDims.includes(dim);
    for (let bound = 1; bound <= most; bound++) {
      if (bound > 1 && !isAllowed) break;
      if (wanted !== undefined && bound !== wanted) continue;
      if (total !== undefined && total % bound !== 0) continue;
      if (
        factors === 'perfect'
          ? left[d]! % bound !== 0
          : wanted === undefined &&
            total === undefined &&
            bound > 1 &&
            ceilDiv(left[d]!, bound) === ceilDiv(left[d]!, bound - 1)
      )
        continue;
      own[d] = bound;
      choose(d + 1, Math.floor(room / bound));
    }
    own[d] = 1;
  };
  choose(0, dimension.size);
}
