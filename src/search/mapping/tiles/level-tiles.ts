import {
  C,
  DIM_COUNT,
  G,
  INPUTS,
  K,
  type KernelModel,
  N,
  P,
  Q,
  R,
  S,
  TENSOR_COUNT,
} from '../../../cost/kernel/model.ts';
import { edgeRefetches } from './edge-refetches.ts';
import { shareRatios } from './input-share.ts';
import { type InputsAxis, inputsAxis } from './inputs-axis.ts';
import { type JoinedInputs, joinedInputs } from './joined-inputs.ts';
import { axisEntry, type TileLattice, tileExtents } from './tile-lattice.ts';

/** Tables of the tiles that one level holds, for all points of a lattice. */
export interface LevelTiles {
  /** [tensor][point]: bits of the tile. */
  readonly tileBits: readonly [Float64Array, Float64Array, Float64Array];
  /**
   * [tensor][point]: least words of Inputs that the level's children receive in all (copies along spatial K left out) when the innermost loop
   * above is irrelevant to Weights, to Inputs, or to Outputs. The second counts every step of K; see TileBounds for its stationary run.
   */
  readonly inputWords: readonly [Float64Array, Float64Array, Float64Array];
  /** [point]: all words of all tiles, which come in where every step takes its tile anew; null where the level does so with no Inputs. */
  readonly allInputs: Float64Array | null;
  /** [point]: the same as `inputWords` for any order if no step of K refetched anything. */
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

/** Tiles that `level` holds, for all points of the lattice. */
export function levelTiles(model: KernelModel, lattice: TileLattice, spatial: Float64Array, level: number): LevelTiles {
  const { size, values, above, digits } = lattice;
  const extents = tileExtents(model, values, spatial, level);
  const rows = inputsAxis(model, model.rows, lattice, extents, spatial, level);
  const columns = inputsAxis(model, model.columns, lattice, extents, spatial, level);
  const joined = joinedInputs(rows, columns, lattice);
  const make = () => new Float64Array(size);
  const tileBits: LevelTiles['tileBits'] = [make(), make(), make()];
  const inputWords: LevelTiles['inputWords'] = [make(), make(), make()];
  const unrefetched = make();
  const allInputs = ((model.overheads.refetch[level]! >> INPUTS) & 1) === 0 ? null : make();
  const [weightBits, inputBits, outputBits] = [0, 1, 2].map(
    (t) => model.tileBitsOf[level * 3 + t]! * model.copies[level]!,
  ) as [number, number, number];
  const plainTotal = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
  const isEverything = (d: number, digit: number) => digit === values[d]!.length - 1;
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
    const row = axisEntry(lattice, model.rows, point);
    const column = axisEntry(lattice, model.columns, point);
    const gc = extents[G]![g]! * extents[C]![c]!;
    const gk = extents[G]![g]! * extents[K]![k]!;
    tileBits[0][point] = weightBits * gk * extents[C]![c]! * extents[R]![r]! * extents[S]![s]!;
    tileBits[1][point] = inputBits * extents[N]![n]! * gc * rows.storedWords[row]! * columns.storedWords[column]!;
    tileBits[2][point] = outputBits * extents[N]![n]! * gk * extents[P]![p]! * extents[Q]![q]!;
    const steps = plainTotal * above[K]![k]!;
    const fullRows = rows.full[row]! * steps;
    const fullColumns = columns.full[column]!;
    const full = fullRows * fullColumns;
    if (allInputs !== null) allInputs[point] = full;
    const rest = row * joined.columnCount + column;
    let outputs = full;
    if (!isEverything(P, p))
      outputs = Math.min(
        outputs,
        Math.max(rows.outputStrip[row]! * steps * fullColumns, joined.alongP[rest]! * plainTotal),
      );
    if (!isEverything(Q, q))
      outputs = Math.min(outputs, Math.max(columns.outputStrip[column]! * fullRows, joined.alongQ[rest]! * plainTotal));
    let filters = full;
    if (!isEverything(R, r))
      filters = Math.min(
        filters,
        Math.max(rows.filterStrip[row]! * steps * fullColumns, joined.alongR[rest]! * plainTotal),
      );
    if (!isEverything(S, s))
      filters = Math.min(filters, Math.max(columns.filterStrip[column]! * fullRows, joined.alongS[rest]! * plainTotal));
    inputWords[0][point] = outputs;
    inputWords[1][point] = Math.min(outputs, filters);
    inputWords[2][point] = filters;
    // K is free in the joined bounds; where it stands still it is free here as well.
    unrefetched[point] = joined.least[rest]! * plainTotal;
  }
  /** Words of all tiles of an axis, with padding or without. */
  const wordsAlong = (axis: InputsAxis, point: number, withPadding: boolean): number => {
    const entry = axisEntry(lattice, axis.axis, point);
    if (!withPadding) return axis.full[entry]!;
    const { output, filter } = axis.axis;
    const o = point * DIM_COUNT;
    return axis.words[entry]! * axis.outputTiles[digits[o + output]!]! * axis.filterTiles[digits[o + filter]!]!;
  };
  const isPadded = model.rows.padded || model.columns.padded;
  const paddingOf = (point: number, isRowShared: boolean, isColumnShared: boolean): number => {
    if (!isPadded) return 0;
    const all = wordsAlong(rows, point, isRowShared) * wordsAlong(columns, point, isColumnShared);
    const stored = wordsAlong(rows, point, false) * wordsAlong(columns, point, false);
    return plainTotal * above[K]![digits[point * DIM_COUNT + K]!]! * (all - stored);
  };
  const { ofTiles, ofMacs } = shareRatios(model, lattice, spatial, level, inputWords[1], paddingOf);
  const tiles = {
    tileBits,
    inputWords,
    allInputs,
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

/**
 * Whether a level can hold the tiles of a point.
 * @param kept bit t set: tensor t is held
 */
export function fitsCapacity(
  model: KernelModel,
  { tileBits }: LevelTiles,
  level: number,
  kept: number,
  point: number,
): boolean {
  return fitsBits(
    model,
    level,
    (kept & 1) * tileBits[0][point]!,
    ((kept >> 1) & 1) * tileBits[1][point]!,
    ((kept >> 2) & 1) * tileBits[2][point]!,
  );
}

/** Whether a level has room for so many bits of each tensor. */
export function fitsBits(model: KernelModel, level: number, weights: number, inputs: number, outputs: number): boolean {
  const kind = model.capacityKind[level]!;
  if (kind === 0) return true;
  const at = level * TENSOR_COUNT;
  const bits = model.capacityBits;
  return kind === 1
    ? weights + inputs + outputs <= bits[at]!
    : weights <= bits[at]! && inputs <= bits[at + 1]! && outputs <= bits[at + 2]!;
}
