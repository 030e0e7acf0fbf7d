import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import type { LevelTiles } from '../space/tile-lattice.ts';
import { limitedPorts, portPrices } from './ports.ts';
import { macInputServer } from './tile-bounds.ts';
import type { TransferCosts } from './transfer-costs.ts';

/** What a placement costs at least: every level has its own best tile, whether or not the tiles of two levels can go together. */
export interface PlacementFloor {
  /** [level]: least energy of the transfers into the level; infinite when no tile fits. */
  readonly transfersPj: Float64Array;
  /** Least energy. */
  readonly energyPj: number;
  /** Least cycles. */
  readonly cycles: number;
}

/** Points whose tiles fit, by level and kept tensors: the same for all placements with one spatial choice. */
export class FittingPoints {
  readonly #model: KernelModel;
  readonly #tiles: readonly LevelTiles[];
  readonly #known = new Map<number, Int32Array>();
  readonly #all: Int32Array;
  readonly #room: Int32Array;

  constructor(model: KernelModel, tiles: readonly LevelTiles[], size: number) {
    this.#model = model;
    this.#tiles = tiles;
    this.#all = new Int32Array(size);
    for (let i = 0; i < size; i++) this.#all[i] = i;
    this.#room = new Int32Array(size);
  }

  /** Points whose tiles a level can hold: they fit there, and so do tiles of no more at all levels further out, whose tiles contain them. */
  at(level: number, keep: Uint8Array): Int32Array {
    let points = this.#own(level, keep[level]!);
    for (let outer = 1; outer < level; outer++) {
      const count = this.#select(outer, keep[outer]!, points);
      if (count < points.length) points = this.#room.slice(0, count);
    }
    return points;
  }

  /** Points whose tiles fit at a level by themselves. */
  #own(level: number, kept: number): Int32Array {
    const key = level * 8 + kept;
    let fitting = this.#known.get(key);
    if (fitting === undefined) {
      const count = this.#select(level, kept, this.#all);
      fitting = count === this.#all.length ? this.#all : this.#room.slice(0, count);
      this.#known.set(key, fitting);
    }
    return fitting;
  }

  /** Puts those of some points that fit at a level into the room. @returns their number */
  #select(level: number, kept: number, from: Int32Array): number {
    const kind = this.#model.capacityKind[level]!;
    if (kind === 0) return from.length;
    const [weightBits, inputBits, outputBits] = this.#tiles[level]!.tileBits;
    const at = level * TENSOR_COUNT;
    const bits = this.#model.capacityBits;
    const [first, second, third] = [bits[at]!, bits[at + 1]!, bits[at + 2]!];
    const [w, x, o] = [kept & 1, (kept >> 1) & 1, (kept >> 2) & 1] as [number, number, number];
    const room = this.#room;
    let count = 0;
    for (let k = 0; k < from.length; k++) {
      const i = from[k]!;
      const weights = w * weightBits[i]!;
      const inputs = x * inputBits[i]!;
      const outputs = o * outputBits[i]!;
      const fits =
        kind === 1 ? weights + inputs + outputs <= first : weights <= first && inputs <= second && outputs <= third;
      if (fits) room[count++] = i;
    }
    return count;
  }
}

/**
 * Bounds a placement without the dynamic program over chains of tiles: the sum over the levels of the least that any tile of the level needs.
 * One of the tensors stands still above each tile, and is fetched once at least.
 * @param computeCycles least cycles of the MACs
 * @param touchedInputs words of Inputs that must come in at least
 */
export function placementFloor(
  model: KernelModel,
  tiles: readonly LevelTiles[],
  fitting: FittingPoints,
  costs: TransferCosts,
  keep: Uint8Array,
  computeCycles: number,
  touchedInputs: number,
): PlacementFloor {
  const leastInto = (prices: TransferCosts, level: number) =>
    leastTransfer(prices, tiles[level]!, level, fitting.at(level, keep), touchedInputs);
  const transfersPj = new Float64Array(model.levelCount);
  let energyPj = costs.fixedPj;
  for (let level = 1; level < model.levelCount; level++) {
    transfersPj[level] = leastInto(costs, level);
    energyPj += transfersPj[level]!;
  }
  let cycles = computeCycles;
  if (energyPj === Number.POSITIVE_INFINITY) return { transfersPj, energyPj, cycles };
  for (const port of limitedPorts(model)) {
    const prices = portPrices(model, costs, port);
    let bits =
      (port.countsReads ? costs.fixedReadBits[port.level]! : 0) +
      (port.countsWrites ? costs.fixedWriteBits[port.level]! : 0);
    for (let level = port.level === 0 ? 1 : port.level; level < model.levelCount; level++)
      bits += leastInto(prices, level);
    const needed = bits / port.bitsPerCycle;
    if (needed > cycles) cycles = Math.ceil(needed * (1 - 1e-12));
  }
  return { transfersPj, energyPj, cycles };
}

/** Least price of the transfers into a level over some of its tiles. */
function leastTransfer(
  prices: TransferCosts,
  tiles: LevelTiles,
  level: number,
  points: Int32Array,
  touchedInputs: number,
): number {
  const at = level * TENSOR_COUNT;
  const weights = prices.energyPj[at + WEIGHTS]!;
  const inputs = prices.energyPj[at + INPUTS]!;
  const outputs = prices.energyPj[at + OUTPUTS]!;
  const { shareRatios, macShareRatios } = tiles;
  const [weightRefetches, , outputRefetches] = tiles.refetches;
  const [inputsUnderWeights, , inputsUnderOutputs] = tiles.inputWords;
  const macInputs = macShareRatios === null || macInputServer(prices) >= level ? 0 : prices.macInputPj;
  const readPj = shareRatios === null ? 0 : prices.inputReadPj[level]! * prices.inputShare[level]!;
  if (weights === 0 && inputs === 0 && outputs === 0 && macInputs === 0 && points.length > 0) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < points.length; k++) {
    const i = points[k]!;
    const w = weights * weightRefetches[i]!;
    const o = outputs * outputRefetches[i]!;
    const word = readPj === 0 ? inputs : inputs + readPj * (shareRatios![i]! - 1);
    const byWeights = weights + o + word * inputsUnderWeights[i]!;
    const byInputs = inputs * touchedInputs + w + o;
    const byOutputs = w + outputs + word * inputsUnderOutputs[i]!;
    let price = Math.min(byWeights, byInputs, byOutputs);
    if (macInputs !== 0) price += macInputs * (macShareRatios![i]! - 1);
    if (price < least) least = price;
  }
  return least;
}
