import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import type { FittingPoints } from '../tiles/fitting-points.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';
import { flowCycles, flowsOf } from './flows.ts';
import { macInputServer, type TransferCosts, type TransferPrices } from './transfer-costs.ts';

/** Lower bounds of one placement, for which every level has its own best tile, whether or not the tiles of two levels can go together. */
export interface PlacementBound {
  /** [level]: of the energy of the transfers into the level; infinite when no tile fits. */
  readonly transfersPj: Float64Array;
  /** Of the energy without leakage. */
  readonly energyPj: number;
  readonly cycles: number;
}

/**
 * Bounds a placement without the dynamic program over chains of tiles: the sum over the levels of the least that any tile of the level needs.
 * One of the tensors stands still above each tile, and is fetched once at least.
 * @param computeCycles least cycles of the MACs
 * @param touchedInputs words of Inputs that must come in at least
 */
export function placementBound(
  model: KernelModel,
  tiles: readonly LevelTiles[],
  fitting: FittingPoints,
  costs: TransferCosts,
  keep: Uint8Array,
  computeCycles: number,
  touchedInputs: number,
): PlacementBound {
  const leastInto = (prices: TransferPrices, level: number) =>
    leastTransfer(prices, tiles[level]!, level, fitting.at(level, keep), touchedInputs);
  const transfersPj = new Float64Array(model.levelCount);
  let energyPj = costs.fixedPj;
  for (let level = 1; level < model.levelCount; level++) {
    transfersPj[level] = leastInto(costs, level);
    energyPj += transfersPj[level]!;
  }
  let cycles = computeCycles;
  if (energyPj === Number.POSITIVE_INFINITY) return { transfersPj, energyPj, cycles };
  for (const flow of flowsOf(model, costs)) {
    let sum = flow.fixed;
    for (let level = 1; level < model.levelCount; level++) sum += leastInto(flow.prices, level);
    cycles = Math.max(cycles, flowCycles(flow, sum));
  }
  return { transfersPj, energyPj, cycles };
}

/** Least price of the transfers into a level over some of its tiles. */
function leastTransfer(
  prices: TransferPrices,
  tiles: LevelTiles,
  level: number,
  points: Int32Array,
  touchedInputs: number,
): number {
  const at = level * TENSOR_COUNT;
  const weights = prices.perTraffic[at + WEIGHTS]!;
  const inputs = prices.perTraffic[at + INPUTS]!;
  const outputs = prices.perTraffic[at + OUTPUTS]!;
  const { shareRatios, macShareRatios } = tiles;
  const [weightRefetches, , outputRefetches] = tiles.refetches;
  const [inputsUnderWeights, , inputsUnderOutputs] = tiles.inputWords;
  const macInputs = macShareRatios === null || macInputServer(prices) >= level ? 0 : prices.macInput;
  const read = shareRatios === null ? 0 : prices.inputRead[level]! * prices.inputShare[level]!;
  if (weights === 0 && inputs === 0 && outputs === 0 && macInputs === 0 && points.length > 0) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < points.length; k++) {
    const i = points[k]!;
    const w = weights * weightRefetches[i]!;
    const o = outputs * outputRefetches[i]!;
    const word = read === 0 ? inputs : inputs + read * (shareRatios![i]! - 1);
    const byWeights = weights + o + word * inputsUnderWeights[i]!;
    const byInputs = inputs * touchedInputs + w + o;
    const byOutputs = w + outputs + word * inputsUnderOutputs[i]!;
    let price = Math.min(byWeights, byInputs, byOutputs);
    if (macInputs !== 0) price += macInputs * (macShareRatios![i]! - 1);
    if (price < least) least = price;
  }
  return least;
}
