import { C, DIM_COUNT, K, type KernelModel, N, P, Q, R, S, type SlidingAxis } from '../../../cost/kernel/model.ts';
import { ceilDiv, divisors, primeFactors } from '../../../util/integers.ts';
import { raggedExtents } from '../space/ragged-extents.ts';
import { childrenAlong, type Factors } from '../space/spatial-choices.ts';

/**
 * All temporal tile extents of one spatial choice: per dim the values that the product of its temporal bounds inside a level can take. A point
 * of the lattice is one value per dim; a mapping is a chain of points from the outermost level (everything) to the MACs (all ones).
 */
export interface TileLattice {
  /** Number of points. */
  readonly size: number;
  readonly factors: Factors;
  /** [dim]: values, ascending. */
  readonly values: readonly Float64Array[];
  /** [dim][value]: temporal steps above a tile of that value. */
  readonly above: readonly Float64Array[];
  /** [dim]: distance of neighbouring values in the numbering of points. */
  readonly strides: Int32Array;
  /** [point * 8 + dim]: place of the dim's value. */
  readonly digits: Uint16Array;
  /** [dim]: pairs (place of a value, place of the value over a prime), prime by prime and ascending; null with imperfect factors and where values are left out. */
  readonly divisorSteps: readonly (Uint16Array | null)[];
  /** [dim][value]: number of values that divide it. */
  readonly divisorCounts: readonly Uint16Array[];
  /** Dims with more than one value. */
  readonly activeDims: readonly number[];
  /** [point]: temporal steps above over N P Q, over K, over C R S: refetches of Weights, Inputs, Outputs without stationarity. */
  readonly refetches: readonly [Float64Array, Float64Array, Float64Array];
}

/** Points of the largest lattice that is searched: its tables take some hundred megabytes. */
const MOST_POINTS = 1_000_000;

/**
 * The lattice of a spatial choice; null when it has more than {@link MOST_POINTS} points.
 * @param extents [dim]: the values, if not all; the last is everything. Dims that are left out have all
 */
export function tileLattice(
  bounds: Float64Array,
  spatial: Float64Array,
  levelCount: number,
  factors: Factors,
  extents?: readonly (Float64Array | undefined)[],
): TileLattice | null {
  const values: Float64Array[] = [];
  const above: Float64Array[] = [];
  const strides = new Int32Array(DIM_COUNT);
  let size = 1;
  for (let d = 0; d < DIM_COUNT; d++) {
    const parallel = childrenAlong(spatial, d);
    const steps = ceilDiv(bounds[d]!, parallel);
    values.push(
      extents?.[d] ??
        Float64Array.from(factors === 'perfect' ? divisors(steps) : raggedExtents(steps, levelCount).extents),
    );
    above.push(values[d]!.map((value) => ceilDiv(bounds[d]!, value * parallel)));
    strides[d] = size;
    size *= values[d]!.length;
  }
  if (size > MOST_POINTS) return null;
  const digits = new Uint16Array(size * DIM_COUNT);
  const refetches: TileLattice['refetches'] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const at = new Uint16Array(DIM_COUNT);
  for (let point = 0; point < size; point++) {
    for (let d = 0; d < DIM_COUNT; d++) digits[point * DIM_COUNT + d] = at[d]!;
    refetches[0][point] = above[N]![at[N]!]! * above[P]![at[P]!]! * above[Q]![at[Q]!]!;
    refetches[1][point] = above[K]![at[K]!]!;
    refetches[2][point] = above[C]![at[C]!]! * above[R]![at[R]!]! * above[S]![at[S]!]!;
    for (let d = 0; d < DIM_COUNT; d++) {
      if (++at[d]! < values[d]!.length) break;
      at[d] = 0;
    }
  }
  const activeDims = Array.from({ length: DIM_COUNT }, (_, d) => d).filter((d) => values[d]!.length > 1);
  const divisorSteps = values.map((list, d) =>
    factors === 'perfect' && extents?.[d] === undefined ? stepsByPrimes(list) : null,
  );
  const divisorCounts = values.map((list) =>
    Uint16Array.from(list, (value) => list.reduce((count, inner) => (value % inner === 0 ? count + 1 : count), 0)),
  );
  return {
    size,
    factors,
    values,
    above,
    strides,
    digits,
    divisorSteps,
    divisorCounts,
    activeDims,
    refetches,
  };
}

/** Pairs of places (value, value over a prime) of all divisors of the last value, prime by prime. */
function stepsByPrimes(values: Float64Array): Uint16Array {
  const pairs: number[] = [];
  for (const { prime } of primeFactors(values[values.length - 1]!))
    for (let place = 0; place < values.length; place++)
      if (values[place]! % prime === 0) pairs.push(place, values.indexOf(values[place]! / prime));
  return Uint16Array.from(pairs);
}

/** [dim][place]: extents of the tiles that `level` holds, from the temporal steps inside them; at most the dim's bound. */
export function tileExtents(
  model: KernelModel,
  values: readonly Float64Array[],
  spatial: Float64Array,
  level: number,
): Float64Array[] {
  return values.map((list, d) => {
    const children = childrenAlong(spatial, d, level);
    return list.map((value) => Math.min(model.bounds[d]!, value * children));
  });
}

/**
 * Temporal bound of the loops over a dim that lead from one of its values to another, by their places; no integer where no loop does. The last value
 * stands for everything: its loops take all steps that are left.
 */
export function loopBound({ values, above }: TileLattice, d: number, outer: number, inner: number): number {
  const list = values[d]!;
  return outer === list.length - 1 ? above[d]![inner]! : list[outer]! / list[inner]!;
}

/** Dims that loop between two points, the one of the outer tile and the one of the inner: bit d set: dim d. */
export function loopingDims({ digits, activeDims }: TileLattice, outerPoint: number, point: number): number {
  const outer = outerPoint * DIM_COUNT;
  const own = point * DIM_COUNT;
  let looping = 0;
  for (const d of activeDims) if (digits[outer + d] !== digits[own + d]) looping |= 1 << d;
  return looping;
}

/** Place of a point's tile in the tables of a sliding axis: [output value * filter values + filter value]. */
export function axisEntry({ digits, values }: TileLattice, axis: SlidingAxis, point: number): number {
  const at = point * DIM_COUNT;
  return digits[at + axis.output]! * values[axis.filter]!.length + digits[at + axis.filter]!;
}
