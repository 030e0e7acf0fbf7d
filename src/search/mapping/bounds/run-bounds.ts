import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { ALL_DIMS, IRRELEVANT_DIMS } from '../space/loop-orders.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';
import type { TileLattice } from '../tiles/tile-lattice.ts';
import { ALL_BUT_K, inputWordPrice, levelBase } from './tile-bounds.ts';
import { type InnerValues, minimizeInside, minimizeOverK } from './tile-minima.ts';
import type { TransferPrices } from './transfer-costs.ts';
import { transferRules } from './transfer-rules.ts';

/** Numbers of refetches for which tables are made are so many times one another. */
const STEP_RATIO = 4;

/**
 * The bounds of {@link TileBounds} where a tensor that stands still through the loops above is known with its refetches: what it takes inside is
 * counted as often as its run is entered, not once. The least sums are concave in the refetches, so that lines between few of them are bounds too.
 */
export interface RunBounds {
  /** [tensor]: refetches for which there are tables, ascending from 1. */
  readonly refetches: readonly [Float64Array, Float64Array, Float64Array];
  /** [level][tensor][place of refetches][point]: transfers into the level but for those of the tensor, which stands still, plus everything inside. */
  readonly base: readonly (readonly (readonly Float64Array[])[])[];
  /** [level][point]: everything inside a tile when no run crosses the loops inside. */
  readonly free: readonly Float64Array[];
  /** [level][tensor][place of refetches][point]: everything inside when the run of the tensor goes on. */
  readonly continued: readonly (readonly (readonly Float64Array[])[])[];
}

/** A line between the tables of two numbers of refetches. */
export class RunTable {
  #low: Float64Array = new Float64Array(0);
  #high: Float64Array = new Float64Array(0);
  #share = 0;

  /** Takes the tables around a number of refetches. */
  set(refetches: Float64Array, tables: readonly Float64Array[], count: number): void {
    let place = 0;
    while (place < refetches.length - 1 && refetches[place + 1]! <= count) place++;
    this.#low = tables[place]!;
    this.#high = tables[Math.min(place + 1, refetches.length - 1)]!;
    const from = refetches[place]!;
    this.#share = count <= from || this.#low === this.#high ? 0 : (count - from) / (refetches[place + 1]! - from);
  }

  /** Takes a table that does not depend on refetches. */
  setPlain(table: Float64Array): void {
    this.#low = this.#high = table;
    this.#share = 0;
  }

  at(point: number): number {
    const low = this.#low[point]!;
    // Infinite where nothing fits, and where partial sums must not come back.
    return this.#share === 0 || low === Number.POSITIVE_INFINITY ? low : low + this.#share * (this.#high[point]! - low);
  }
}

/** What the bounds are made from: prices without tables by tile, and perfect factors. */
export interface RunBoundsSource {
  readonly model: KernelModel;
  readonly lattice: TileLattice;
  readonly tiles: readonly LevelTiles[];
  readonly keep: Uint8Array;
  readonly innerValues: readonly InnerValues[];
}

/** Builds the bounds from the innermost level outwards. */
export function runBounds(source: RunBoundsSource, prices: TransferPrices): RunBounds {
  const { model, lattice, tiles, keep, innerValues } = source;
  const { size } = lattice;
  const levels = model.levelCount;
  const refetches = lattice.refetches.map((_, t) => placesUpTo(lattice.refetches[t as 0 | 1 | 2][0]!)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const base: Float64Array[][][] = [];
  const free: Float64Array[] = [];
  const continued: Float64Array[][][] = [];
  const nothing = new Float64Array(size);
  free[levels - 1] = nothing;
  continued[levels - 1] = refetches.map((counts) => Array.from(counts, () => nothing));
  const table = new RunTable();
  for (let level = levels - 1; level >= 1; level--) {
    const rules = transferRules(model, keep, level);
    const own = levelBase(model, lattice, tiles[level]!, { prices, keep, rules }, level, nothing);
    const inside = free[level]!;
    const bases = continued[level]!.map((runs, t) =>
      runs.map((run) => own.base[t as 0 | 1 | 2].map((sum, i) => sum + Math.min(inside[i]!, run[i]!))),
    );
    base[level] = bases;
    if (level === 1) break;
    const inner = innerValues[level - 1]!;
    const minimize = (from: Float64Array, dims: readonly number[]) => minimizeInside(lattice, inner, from, dims);
    const weights = rules.weightsAnew ? 0 : prices.perTraffic[level * TENSOR_COUNT + WEIGHTS]!;
    const outputs = prices.perTraffic[level * TENSOR_COUNT + OUTPUTS]!;
    const outputsFor = (count: number) => (rules.bansSpill && count > 1 ? Number.POSITIVE_INFINITY : outputs * count);
    const still = [
      bases[WEIGHTS]!.map((sums) => minimize(sums, ALL_DIMS)),
      bases[INPUTS]!.map((sums) =>
        minimize(minimizeOverK(lattice, inner, sums, own.inputs, own.leastInputs), ALL_BUT_K),
      ),
      bases[OUTPUTS]!.map((sums) => minimize(sums, ALL_DIMS)),
    ];
    const least = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const counts = lattice.refetches[t as 0 | 1 | 2];
      for (let i = 0; i < size; i++) {
        const count = counts[i]!;
        const ofRun = t === WEIGHTS ? weights * count : t === OUTPUTS ? outputsFor(count) : 0;
        table.set(refetches[t as 0 | 1 | 2], still[t]!, count);
        const sum = table.at(i) + ofRun;
        if (sum < least[i]!) least[i] = sum;
      }
    }
    free[level - 1] = least;
    const { unrefetched, inputWords } = tiles[level]!;
    const stepsOfK = lattice.refetches[INPUTS];
    continued[level - 1] = bases.map((runs, t) =>
      runs.map((sums, place) => {
        const count = refetches[t as 0 | 1 | 2][place]!;
        if (t === INPUTS) {
          const withInputs = rules.inputsAnew
            ? sums
            : sums.map((sum, i) => {
                const words = count === 1 ? 0 : (inputWords[1][i]! * count) / stepsOfK[i]!;
                return sum + inputWordPrice(prices, tiles[level]!, level, i) * Math.max(unrefetched[i]!, words);
              });
          return minimize(withInputs, IRRELEVANT_DIMS[INPUTS]);
        }
        const ofRun = t === WEIGHTS ? weights * count : outputsFor(count);
        return minimize(sums, IRRELEVANT_DIMS[t as 0 | 2]).map((sum) => sum + ofRun);
      }),
    );
  }
  return { refetches, base, free, continued };
}

function placesUpTo(most: number): Float64Array {
  const places = [1];
  for (let count = STEP_RATIO; count < most; count *= STEP_RATIO) places.push(count);
  if (most > 1) places.push(most);
  return Float64Array.from(places);
}
