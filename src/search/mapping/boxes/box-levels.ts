import {
  C,
  DIM_COUNT,
  G,
  INPUTS,
  K,
  type KernelModel,
  N,
  OUTPUTS,
  P,
  Q,
  R,
  S,
  WEIGHTS,
} from '../../../cost/kernel/model.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import {
  averageRefetches,
  edgeShare,
  edgeSharesInside,
  inputShareFactors,
  roundsAbove,
} from '../tiles/edge-refetches.ts';
import type { InputsAxis } from '../tiles/inputs-axis.ts';
import { fitsBits } from '../tiles/level-tiles.ts';
import { boxCount, type ChoiceExtents, type Intervals } from './extent-boxes.ts';

/** The tiles of one level in boxes of extents: for each box the least that any of its tiles takes. */
export interface BoxLevel {
  readonly dims: readonly Intervals[];
  readonly size: number;
  /** [dim][interval]: least temporal steps above. */
  readonly above: readonly Float64Array[];
  /** [box]: interval of K. */
  readonly intervalOfK: Uint16Array;
  /** [tensor][box]: least refetches without stationarity. */
  readonly refetches: readonly [Float64Array, Float64Array, Float64Array];
  /** [box]: least temporal steps above that are irrelevant to Weights, to Outputs. */
  readonly weightSteps: Float64Array;
  readonly outputSteps: Float64Array;
  /** [box]: least temporal steps above over all dims, and over those of Weights. */
  readonly visits: Float64Array;
  readonly weightTiles: Float64Array;
  /** [box]: least words of all tiles, for Inputs that come anew at every step. */
  readonly allInputs: Float64Array;
  /** [box]: least refetches of Weights, of Outputs into the next level when they stand still through the loops between. */
  readonly stillWeights: Float64Array;
  readonly stillOutputs: Float64Array;
  /** [tensor][box]: words of Inputs as in LevelTiles, by the tensor that stands still. */
  readonly inputWords: readonly [Float64Array, Float64Array, Float64Array];
  readonly unrefetched: Float64Array;
  /** [box]: 1 when the least tiles fit. */
  readonly fits: Uint8Array;
  /** [box]: least product of all temporal bounds when the tile is not everything. */
  readonly cycles: Float64Array;
}

/** Bounds the tiles of a level box by box. */
export function boxLevel(
  model: KernelModel,
  choice: ChoiceExtents,
  dims: readonly Intervals[],
  spatial: Float64Array,
  keep: Uint8Array,
  level: number,
): BoxLevel {
  const size = boxCount(dims);
  const make = () => new Float64Array(size);
  const refetches: BoxLevel['refetches'] = [make(), make(), make()];
  const inputWords: BoxLevel['inputWords'] = [make(), make(), make()];
  const stillWeights = make();
  const stillOutputs = make();
  const unrefetched = make();
  const [weightSteps, outputSteps, allInputs] = [make(), make(), make()] as const;
  const [visits, weightTiles] = [make(), make()] as const;
  const cycles = make();
  const fits = new Uint8Array(size);
  const intervalOfK = new Uint16Array(size);
  const above = dims.map(({ last }, d) => Float64Array.from(last, (place) => choice.above[d]![place]!));
  const extents = dims.map(({ first }, d) => Float64Array.from(first, (place) => choice.extents[level]![d]![place]!));
  const steps = dims.map((intervals, d) => leastOver(intervals, (i) => choice.values[d]![i]! * choice.above[d]![i]!));
  const rounds = roundsAbove(model, choice, spatial, level);
  const factors = inputShareFactors(model);
  const shares = dims.map((intervals, d) => mostOver(intervals, (i) => edgeShare(rounds[d]!, i, level)));
  const inputShares = shares.map((own, d) => own.map((share) => Math.min(1, factors[d]! * share)));
  // Into the next level, by the tiles of this one.
  const next = level + 1 < model.levelCount ? roundsAbove(model, choice, spatial, level + 1) : [];
  const stillShares = dims.map((intervals, d) => {
    const inside = next[d] === undefined ? null : edgeSharesInside(next[d], level + 1);
    return mostOver(intervals, (i) => inside?.[i] ?? 0);
  });
  const rows = boxAxis(choice.rows[level]!, dims, choice);
  const columns = boxAxis(choice.columns[level]!, dims, choice);
  const [weightBits, inputBits, outputBits] = [0, 1, 2].map((t) =>
    ((keep[level]! >> t) & 1) === 1 ? model.tileBitsOf[level * 3 + t]! * model.copies[level]! : 0,
  ) as [number, number, number];
  const plainTotal = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
  const isEverything = (d: number, i: number) => dims[d]!.last[i] === choice.values[d]!.length - 1;
  const [n, g, k, c, p, q, r, s] = [N, G, K, C, P, Q, R, S];
  const at = new Uint16Array(DIM_COUNT);
  const filterRows = dims[R]!.first.length;
  const filterColumns = dims[S]!.first.length;
  const most = (table: readonly Float64Array[], mask: number) => {
    let share = 0;
    for (let d = 0; d < DIM_COUNT; d++)
      if (((mask >> d) & 1) === 0 && table[d]![at[d]!]! > share) share = table[d]![at[d]!]!;
    return share;
  };
  for (let box = 0; box < size; box++) {
    const row = at[p]! * filterRows + at[r]!;
    const column = at[q]! * filterColumns + at[s]!;
    const gc = extents[g]![at[g]!]! * extents[c]![at[c]!]!;
    const gk = extents[g]![at[g]!]! * extents[k]![at[k]!]!;
    const w = weightBits * gk * extents[c]![at[c]!]! * extents[r]![at[r]!]! * extents[s]![at[s]!]!;
    const x = inputBits * extents[n]![at[n]!]! * gc * rows.storedWords[row]! * columns.storedWords[column]!;
    const o = outputBits * extents[n]![at[n]!]! * gk * extents[p]![at[p]!]! * extents[q]![at[q]!]!;
    if (fitsBits(model, level, w, x, o)) {
      fits[box] = 1;
      intervalOfK[box] = at[k]!;
      const byWeights = above[n]![at[n]!]! * above[p]![at[p]!]! * above[q]![at[q]!]!;
      const byOutputs = above[c]![at[c]!]! * above[r]![at[r]!]! * above[s]![at[s]!]!;
      const ofK = above[k]![at[k]!]!;
      weightSteps[box] = byWeights;
      outputSteps[box] = byOutputs;
      weightTiles[box] = byOutputs * ofK * above[g]![at[g]!]!;
      visits[box] = byWeights * weightTiles[box]!;
      stillWeights[box] = averageRefetches(byWeights, most(stillShares, IRRELEVANT[WEIGHTS]));
      stillOutputs[box] = averageRefetches(byOutputs, most(stillShares, IRRELEVANT[OUTPUTS]));
      refetches[0][box] = averageRefetches(byWeights, most(shares, IRRELEVANT[WEIGHTS]));
      refetches[1][box] = ofK;
      refetches[2][box] = averageRefetches(byOutputs, most(shares, IRRELEVANT[OUTPUTS]));
      let product = 1;
      for (let d = 0; d < DIM_COUNT; d++) product *= steps[d]![at[d]!]!;
      cycles[box] = product;
      const total = plainTotal * averageRefetches(ofK, most(inputShares, IRRELEVANT[INPUTS]));
      const fullRows = rows.full[row]!;
      const fullColumns = columns.full[column]!;
      const full = fullRows * fullColumns;
      allInputs[box] = full * plainTotal * ofK;
      let outputs = Number.POSITIVE_INFINITY;
      if (!isEverything(p, at[p]!)) outputs = rows.outputStrip[row]! * fullColumns;
      if (!isEverything(q, at[q]!)) outputs = Math.min(outputs, columns.outputStrip[column]! * fullRows);
      outputs = Math.min(outputs, full);
      let filters = Number.POSITIVE_INFINITY;
      if (!isEverything(r, at[r]!)) filters = rows.filterStrip[row]! * fullColumns;
      if (!isEverything(s, at[s]!)) filters = Math.min(filters, columns.filterStrip[column]! * fullRows);
      filters = Math.min(filters, full);
      const either = Math.min(outputs, filters);
      inputWords[0][box] = outputs * total;
      inputWords[1][box] = either * total;
      inputWords[2][box] = filters * total;
      unrefetched[box] = either * plainTotal;
    }
    for (let d = 0; d < DIM_COUNT; d++) {
      if (++at[d]! < dims[d]!.first.length) break;
      at[d] = 0;
    }
  }
  return {
    dims,
    size,
    above,
    intervalOfK,
    refetches,
    weightSteps,
    outputSteps,
    visits,
    weightTiles,
    allInputs,
    stillWeights,
    stillOutputs,
    inputWords,
    unrefetched,
    fits,
    cycles,
  };
}

function leastOver({ first, last }: Intervals, value: (place: number) => number): Float64Array {
  return Float64Array.from(first, (from, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let place = from; place <= last[i]!; place++) least = Math.min(least, value(place));
    return least;
  });
}

function mostOver(intervals: Intervals, value: (place: number) => number): Float64Array {
  return leastOver(intervals, (place) => -value(place)).map((least) => -least);
}

/** Least sums over an axis per pair of intervals. */
function boxAxis(table: InputsAxis, dims: readonly Intervals[], choice: ChoiceExtents) {
  const outputs = dims[table.axis.output]!;
  const filters = dims[table.axis.filter]!;
  const filterCount = choice.values[table.axis.filter]!.length;
  const size = outputs.first.length * filters.first.length;
  const make = () => new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const least = { full: make(), outputStrip: make(), filterStrip: make(), storedWords: make() };
  for (let p = 0; p < outputs.first.length; p++)
    for (let r = 0; r < filters.first.length; r++) {
      const at = p * filters.first.length + r;
      least.storedWords[at] = table.storedWords[outputs.first[p]! * filterCount + filters.first[r]!]!;
      for (let i = outputs.first[p]!; i <= outputs.last[p]!; i++)
        for (let j = filters.first[r]!; j <= filters.last[r]!; j++) {
          const from = i * filterCount + j;
          least.full[at] = Math.min(least.full[at]!, table.full[from]!);
          least.outputStrip[at] = Math.min(least.outputStrip[at]!, table.outputStrip[from]!);
          least.filterStrip[at] = Math.min(least.filterStrip[at]!, table.filterStrip[from]!);
        }
    }
  return least;
}
