import { INPUTS, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import type { FittingPoints } from '../tiles/fitting-points.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';
import type { TileLattice } from '../tiles/tile-lattice.ts';
import { flowCycles, flowsOf } from './flows.ts';
import { type TilePrices, type TileSource, tilePrices } from './tile-prices.ts';
import { macInputServer } from './transfer-costs.ts';
import { outputsPrice, type TransferRules, transferRules } from './transfer-rules.ts';

/** Least energy of a placement, of which every level has its own best tile. */
export interface LeastTransfers {
  /** What no tiling changes. */
  readonly fixedPj: number;
  /** [level]: of the transfers into the level; infinite when no tile fits. */
  readonly transfersPj: Float64Array;
}

/** Lower bounds of one placement, for which every level has its own best tile, whether or not the tiles of two levels can go together. */
export interface PlacementBound extends LeastTransfers {
  /** Of the energy without leakage. */
  readonly energyPj: number;
  readonly cycles: number;
  /** Tiles looked at. */
  readonly looks: number;
}

/** Least prices of transfers that were asked for before under one spatial choice: placements differ in few of them. */
export class KnownTransfers {
  readonly #answers = new Map<Int32Array, Map<string, number>>();

  /** The answers for some tiles, by all that they follow from. @param points the same object for the same tiles */
  of(points: Int32Array): Map<string, number> {
    const known = this.#answers.get(points) ?? new Map<string, number>();
    this.#answers.set(points, known);
    return known;
  }
}

/** All that {@link leastTransfer} follows from for given tiles; null where prices are tables. */
function questionOf(
  prices: TilePrices,
  level: number,
  { weightsAnew, inputsAnew, bansSpill }: TransferRules,
): string | null {
  if (prices.perTile !== undefined || prices.byTile !== undefined) return null;
  const at = level * TENSOR_COUNT;
  const [weights, inputs, outputs] = prices.perTraffic.subarray(at, at + TENSOR_COUNT);
  const macInput = macInputServer(prices) >= level ? 0 : prices.macInput;
  const read = prices.inputRead[level]! * prices.inputShare[level]!;
  return `${level} ${weightsAnew} ${inputsAnew} ${bansSpill} ${weights} ${inputs} ${outputs} ${read} ${macInput}`;
}

/**
 * Bounds a placement without the dynamic program over chains of tiles: the sum over the levels of the least that any tile of the level needs.
 * One of the tensors stands still above each tile, and is fetched once at least.
 * @param computeCycles least cycles of the MACs
 * @param touchedInputs words of Inputs that must come in at least
 * @param known of the spatial choice
 */
export function placementBound(
  source: TileSource,
  fitting: FittingPoints,
  computeCycles: number,
  touchedInputs: number,
  known: KnownTransfers,
): PlacementBound {
  const { model, keep, lattice, tiles, costs } = source;
  const steps = lattice.refetches;
  let looks = 0;
  const leastInto = (prices: TilePrices, level: number) => {
    const points = fitting.at(level, keep);
    const rules = transferRules(model, keep, level);
    const key = questionOf(prices, level, rules);
    const answers = known.of(points);
    const answer = key === null ? undefined : answers.get(key);
    if (answer !== undefined) return answer;
    looks += points.length;
    const least = leastTransfer(prices, tiles[level]!, rules, level, { points, steps, touchedInputs });
    if (key !== null) answers.set(key, least);
    return least;
  };
  const transfersPj = new Float64Array(model.levelCount);
  let energyPj = costs.fixedPj;
  for (let level = 1; level < model.levelCount; level++) {
    transfersPj[level] = leastInto(costs, level);
    energyPj += transfersPj[level]!;
  }
  let cycles = computeCycles;
  if (energyPj === Number.POSITIVE_INFINITY) return { transfersPj, energyPj, fixedPj: costs.fixedPj, cycles, looks };
  for (const flow of flowsOf({ model, costs, keep, factors: lattice.factors })) {
    const prices = tilePrices(source, flow);
    let sum = flow.fixed;
    for (let level = 1; level < model.levelCount; level++) sum += leastInto(prices, level);
    cycles = Math.max(cycles, flowCycles(flow, sum, computeCycles));
  }
  return { transfersPj, energyPj, fixedPj: costs.fixedPj, cycles, looks };
}

/** The tiles among which the best one is looked for. */
interface TileChoice {
  readonly points: Int32Array;
  /** [tensor][point]: temporal steps above that are irrelevant to the tensor. */
  readonly steps: TileLattice['refetches'];
  readonly touchedInputs: number;
}

/** Least price of the transfers into a level over some of its tiles. */
function leastTransfer(
  prices: TilePrices,
  tiles: LevelTiles,
  rules: TransferRules,
  level: number,
  { points, steps, touchedInputs }: TileChoice,
): number {
  const at = level * TENSOR_COUNT;
  const weights = prices.perTraffic[at + WEIGHTS]!;
  const inputs = prices.perTraffic[at + INPUTS]!;
  const outputs = prices.perTraffic[at + OUTPUTS]!;
  const { weightsAnew, inputsAnew, bansSpill } = rules;
  const { shareRatios, macShareRatios, allInputs } = tiles;
  const weightRefetches = (weightsAnew ? steps : tiles.refetches)[0];
  const outputRefetches = tiles.refetches[2];
  const inputsUnderWeights = inputsAnew ? allInputs! : tiles.inputWords[0];
  const inputsUnderOutputs = inputsAnew ? allInputs! : tiles.inputWords[2];
  const macInputs = macShareRatios === null || macInputServer(prices) >= level ? 0 : prices.macInput;
  const read = shareRatios === null ? 0 : prices.inputRead[level]! * prices.inputShare[level]!;
  const perTile = prices.perTile?.[level] ?? null;
  const weightsByTile = prices.byTile?.[at + WEIGHTS]?.price ?? null;
  const outputsByTile = prices.byTile?.[at + OUTPUTS]?.price ?? null;
  const isByTile = weightsByTile !== null || outputsByTile !== null;
  const isFree = weights === 0 && inputs === 0 && outputs === 0 && macInputs === 0 && perTile === null && !isByTile;
  if (isFree && points.length > 0) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < points.length; k++) {
    const i = points[k]!;
    const w = weights * weightRefetches[i]!;
    const o = bansSpill ? outputsPrice(rules, outputs, 1, steps[2][i]!) : outputs * outputRefetches[i]!;
    const word = read === 0 ? inputs : inputs + read * (shareRatios![i]! - 1);
    const byWeights = (weightsAnew ? w : weights) + o + word * inputsUnderWeights[i]!;
    const byInputs = (inputsAnew ? word * allInputs![i]! : inputs * touchedInputs) + w + o;
    const byOutputs = w + outputs + word * inputsUnderOutputs[i]!;
    let price = Math.min(byWeights, byInputs, byOutputs);
    if (isByTile) {
      const ofWeights = weightsByTile === null ? 0 : weightsByTile[i]!;
      const ofOutputs = outputsByTile === null ? 0 : outputsByTile[i]!;
      const weightsMoved = ofWeights * steps[0][i]!;
      const outputsMoved = ofOutputs * outputRefetches[i]!;
      price = Math.min(
        byWeights + ofWeights + outputsMoved,
        byInputs + weightsMoved + outputsMoved,
        byOutputs + weightsMoved + ofOutputs,
      );
    }
    if (perTile !== null) price += perTile[i]!;
    if (macInputs !== 0) price += macInputs * (macShareRatios![i]! - 1);
    if (price < least) least = price;
  }
  return least;
}
