import { C, DIM_COUNT, G, K, type KernelModel, N, P, Q, R, S } from '../../../cost/kernel/model.ts';
import { ceilDiv, divisors } from '../../../util/integers.ts';
import { shareRatios } from '../inputs/input-share.ts';
import { type InputsAxis, inputsAxis } from '../inputs/inputs-axis.ts';
import { type JoinedInputs, joinedInputs } from '../inputs/joined-inputs.ts';
import { edgeRefetches, raggedExtents } from './ragged-extents.ts';
import type { Factors } from './spatial-choices.ts';

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
  /** [dim]: pairs (place of a value, place of the value over a prime), prime by prime and ascending; null with imperfect factors. */
  readonly divisorSteps: readonly (Uint16Array | null)[];
  /** [dim][value]: number of values that divide it. */
  readonly divisorCounts: readonly Uint16Array[];
  /** Dims with more than one value. */
  readonly activeDims: readonly number[];
  /** [point]: temporal steps above over N P Q, over K, over C R S: refetches of Weights, Inputs, Outputs without stationarity. */
  readonly refetches: readonly [Float64Array, Float64Array, Float64Array];
}

/** What depends on the level that holds the tile. */
export interface LevelTiles {
  /** [tensor][point]: bits of the tile. */
  readonly tileBits: readonly [Float64Array, Float64Array, Float64Array];
  /**
   * [tensor][point]: least words of Inputs that the level's children receive in all (copies along spatial K left out) when the innermost loop
   * above is irrelevant to Weights, to Inputs, or to Outputs. The second counts every step of K; see TileBounds for its stationary run.
   */
  readonly inputWords: readonly [Float64Array, Float64Array, Float64Array];
  /** [point]: the same for any order if no step of K refetched anything. */
  readonly unrefetched: Float64Array;
  /** [tensor][point]: least refetches without stationarity; below the lattice's where edge tiles stand still at ragged bounds. */
  readonly refetches: TileLattice['refetches'];
  /** [point of the level outside]: the same into this level when the tensor stands still through the loops between. */
  readonly stillWeights: Float64Array;
  readonly stillOutputs: Float64Array;
  /** [point]: what the share of distinct input tiles is at least, over the least of all points; null where all are alike. */
  readonly shareRatios: Float64Array | null;
  /** [point]: the same, exactly, for what the MACs receive through the array above the level. */
  readonly macShareRatios: Float64Array | null;
  readonly rows: InputsAxis;
  readonly columns: InputsAxis;
  readonly joined: JoinedInputs;
}

/** Points of the largest lattice that is searched: its tables take some hundred megabytes. */
const MOST_POINTS = 1_000_000;

/**
 * The lattice of a spatial choice; null when it has more than {@link MOST_POINTS} points.
 * @param extents [dim]: the values, if not all; the last is everything
 */
export function tileLattice(
  bounds: Float64Array,
  spatial: Float64Array,
  levelCount: number,
  factors: Factors,
  extents?: readonly Float64Array[],
): TileLattice | null {
  const values: Float64Array[] = [];
  const above: Float64Array[] = [];
  const strides = new Int32Array(DIM_COUNT);
  let size = 1;
  for (let d = 0; d < DIM_COUNT; d++) {
    let parallel = 1;
    for (let level = 0; level < levelCount; level++) parallel *= spatial[level * DIM_COUNT + d]!;
    const steps = ceilDiv(bounds[d]!, parallel);
    values.push(
      extents?.[d] ?? Float64Array.from(factors === 'perfect' ? divisors(steps) : raggedExtents(steps, levelCount)),
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
  const divisorSteps = values.map((list) => (factors === 'perfect' ? stepsByPrimes(list) : null));
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
  let rest = values[values.length - 1]!;
  for (let prime = 2; rest > 1; prime++) {
    if (rest % prime !== 0) continue;
    while (rest % prime === 0) rest /= prime;
    for (let place = 0; place < values.length; place++)
      if (values[place]! % prime === 0) pairs.push(place, values.indexOf(values[place]! / prime));
  }
  return Uint16Array.from(pairs);
}

/** Tiles that `level` holds, for all points of the lattice. */
export function levelTiles(model: KernelModel, lattice: TileLattice, spatial: Float64Array, level: number): LevelTiles {
  const { size, values, above, digits } = lattice;
  const copiesInside = (d: number) => {
    let copies = 1;
    for (let l = level; l < model.levelCount; l++) copies *= spatial[l * DIM_COUNT + d]!;
    return copies;
  };
  const extents = values.map((list, d) => list.map((value) => Math.min(model.bounds[d]!, value * copiesInside(d))));
  const rows = inputsAxis(model, model.rows, lattice, extents, spatial, level);
  const columns = inputsAxis(model, model.columns, lattice, extents, spatial, level);
  const make = () => new Float64Array(size);
  const tileBits: LevelTiles['tileBits'] = [make(), make(), make()];
  const inputWords: LevelTiles['inputWords'] = [make(), make(), make()];
  const unrefetched = make();
  const [weightBits, inputBits, outputBits] = [0, 1, 2].map(
    (t) => model.wordBitsOf[level * 3 + t]! * model.copies[level]!,
  ) as [number, number, number];
  const plainTotal = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
  const joined = joinedInputs(rows, columns, lattice);
  const filterRows = values[R]!.length;
  const filterColumns = values[S]!.length;
  for (let point = 0; point < size; point++) {
    const o = point * DIM_COUNT;
    const n = digits[o + N]!;
    const g = digits[o + G]!;
    const k = digits[o + K]!;
    const c = digits[o + C]!;
    const p = digits[o + P]!;
    const q = digits[o + Q]!;
    const r = digits[o + R]!;
    const s = digits[o + S]!;
    const row = p * filterRows + r;
    const column = q * filterColumns + s;
    const gc = extents[G]![g]! * extents[C]![c]!;
    const gk = extents[G]![g]! * extents[K]![k]!;
    tileBits[0][point] = weightBits * gk * extents[C]![c]! * extents[R]![r]! * extents[S]![s]!;
    tileBits[1][point] = inputBits * extents[N]![n]! * gc * rows.storedWidth[row]! * columns.storedWidth[column]!;
    tileBits[2][point] = outputBits * extents[N]![n]! * gk * extents[P]![p]! * extents[Q]![q]!;
    const steps = plainTotal * above[K]![k]!;
    const fullRows = rows.full[row]! * steps;
    const fullColumns = columns.full[column]!;
    const full = fullRows * fullColumns;
    const rest = row * joined.columnCount + column;
    let outputs = Number.POSITIVE_INFINITY;
    if (p < values[P]!.length - 1)
      outputs = Math.max(rows.outputStrip[row]! * steps * fullColumns, joined.alongP[rest]! * plainTotal);
    if (q < values[Q]!.length - 1)
      outputs = Math.min(outputs, Math.max(columns.outputStrip[column]! * fullRows, joined.alongQ[rest]! * plainTotal));
    if (outputs > full) outputs = full;
    inputWords[0][point] = outputs;
    let filters = Number.POSITIVE_INFINITY;
    if (r < filterRows - 1)
      filters = Math.max(rows.filterStrip[row]! * steps * fullColumns, joined.alongR[rest]! * plainTotal);
    if (s < filterColumns - 1)
      filters = Math.min(filters, Math.max(columns.filterStrip[column]! * fullRows, joined.alongS[rest]! * plainTotal));
    if (filters > full) filters = full;
    inputWords[2][point] = filters;
    inputWords[1][point] = Math.min(outputs, filters);
    // K is free in the joined bounds; where it stands still it is free here as well.
    unrefetched[point] = joined.least[rest]! * plainTotal;
  }
  const isPadded = model.rows.padded || model.columns.padded;
  const { ofTiles, ofMacs } = shareRatios(
    model,
    lattice,
    spatial,
    level,
    inputWords[1],
    (point, isRowShared, isColumnShared) => {
      if (!isPadded) return 0;
      const o = point * DIM_COUNT;
      const p = digits[o + P]!;
      const q = digits[o + Q]!;
      const r = digits[o + R]!;
      const s = digits[o + S]!;
      const row = p * filterRows + r;
      const column = q * filterColumns + s;
      const rowWords = isRowShared ? rows.width[row]! * rows.outputTiles[p]! * rows.filterTiles[r]! : rows.full[row]!;
      const columnWords = isColumnShared
        ? columns.width[column]! * columns.outputTiles[q]! * columns.filterTiles[s]!
        : columns.full[column]!;
      return (
        plainTotal * above[K]![digits[o + K]!]! * (rowWords * columnWords - rows.full[row]! * columns.full[column]!)
      );
    },
  );
  const tiles = {
    tileBits,
    inputWords,
    unrefetched,
    shareRatios: ofTiles,
    macShareRatios: ofMacs,
    rows,
    columns,
    joined,
  };
  if (lattice.factors === 'perfect') {
    const { refetches } = lattice;
    return { ...tiles, refetches, stillWeights: refetches[0], stillOutputs: refetches[2] };
  }
  const edges = edgeRefetches(model, lattice, spatial, level);
  const ofInputs = edges.refetches[1];
  for (const words of inputWords) for (let i = 0; i < size; i++) words[i]! *= ofInputs[i]! / lattice.refetches[1][i]!;
  return { ...tiles, ...edges, refetches: [edges.refetches[0], lattice.refetches[1], edges.refetches[2]] };
}
