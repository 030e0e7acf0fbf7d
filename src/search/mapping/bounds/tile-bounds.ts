import { INPUTS, K, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { ALL_DIMS, IRRELEVANT_DIMS } from '../space/loop-orders.ts';
import { fitsCapacity, type LevelTiles } from '../tiles/level-tiles.ts';
import type { TileLattice } from '../tiles/tile-lattice.ts';
import { type InnerValues, minimizeInside, minimizeOverK } from './tile-minima.ts';
import type { TilePrices } from './tile-prices.ts';
import { macInputServer, type TransferPrices } from './transfer-costs.ts';
import { outputsPrice, type TransferRules, transferRules } from './transfer-rules.ts';

/**
 * Lower bounds on the price (energy, or bits at a port) of everything inside a tile, for every tile of every level: a dynamic program from the
 * innermost level outwards over the tile lattice. It is exact but for the halo of Inputs, of which it takes the least value over all orders.
 *
 * A level's loops are innermost irrelevant to one tensor, which stands still through them: its refetches are those above the outer tile.
 * The other two are fetched anew for every inner tile. So each of the three cases is a sum of a function of the outer tile and one of the
 * inner tile, and the best inner tile is a minimum over the values inside, dim by dim.
 */
export interface TileBounds {
  /**
   * [level][tensor][point]: transfers into `level` but for those of the stationary tensor (unless it comes anew at every step), plus everything further
   * inside; infinite when the tile does not fit, or partial sums would come back and must not.
   */
  readonly base: readonly PerTensorTable[];
  /** [level][point]: Inputs into the level when K is not stationary but the order is best; 0 where they come anew at every step. */
  readonly inputs: readonly Float64Array[];
  /** [level][point]: the same if no step of K took any anew: what comes in at least, whatever stands still. */
  readonly leastInputs: readonly Float64Array[];
  /** [level][point]: everything inside the tile (of any level but the outermost), whether or not a stationary run crosses its level. */
  readonly least: readonly Float64Array[];
  /** [level][point]: everything inside the tile when no stationary run crosses its level. */
  readonly inside: readonly Float64Array[];
  /**
   * [level][tensor][point]: the same when all loops of the level are irrelevant to the tensor, whose stationary run goes on in the level above;
   * without the plain tensor's own transfer into the next level.
   */
  readonly continued: readonly PerTensorTable[];
}

type PerTensorTable = readonly [Float64Array, Float64Array, Float64Array];

/** Prices, kept tensors and loops of the nests to bound. */
export interface TileBoundsOptions {
  readonly prices: TilePrices;
  /** [level]: kept tensors. */
  readonly keep: Uint8Array;
  /** [level]: the loops allowed there. */
  readonly innerValues: readonly InnerValues[];
  /** The outermost level whose own transfers are of interest. */
  readonly outermost: number;
}

/** The tables `base`, `inputs` and `leastInputs` of a level. */
export interface LevelTables {
  readonly base: PerTensorTable;
  readonly inputs: Float64Array;
  readonly leastInputs: Float64Array;
}

/** What {@link tileBounds} finds of a level with everything further in; absent while it is not known. */
export interface LevelBounds {
  /** The tables of the level. */
  own?: LevelTables | undefined;
  /** Least of the sums that are asked about. */
  sum?: number;
  /** The tables of tiles of the level outside. */
  tiles?: { readonly least: Float64Array; readonly inside: Float64Array; readonly continued: PerTensorTable };
}

/** When to give up, and what is known from other placements. */
export interface TileBoundsTests {
  /** Least sum of a level's tables that says whether it is hopeless. */
  readonly sumOf: (level: number, base: PerTensorTable) => number;
  readonly isHopeless: (level: number, sum: number) => boolean;
  /** What was found of a level before, to be filled in. */
  readonly known?: (level: number) => LevelBounds;
}

/**
 * Builds the bounds.
 * @param tests asked level by level; when they say so, nothing more is built
 * @returns null when it is hopeless
 */
export function tileBounds(
  model: KernelModel,
  lattice: TileLattice,
  tiles: readonly LevelTiles[],
  { prices, keep, innerValues, outermost }: TileBoundsOptions,
  tests?: TileBoundsTests,
): TileBounds | null {
  const levels = model.levelCount;
  const base: PerTensorTable[] = [];
  const inputs: Float64Array[] = [];
  const leastInputs: Float64Array[] = [];
  const inside: Float64Array[] = [];
  const continued: PerTensorTable[] = [];
  const least: Float64Array[] = [];
  inside[levels - 1] = least[levels - 1] = new Float64Array(lattice.size);
  for (let level = levels - 1; level >= outermost; level--) {
    const known = tests?.known?.(level) ?? {};
    if (known.sum !== undefined && tests!.isHopeless(level, known.sum)) return null;
    const rules = transferRules(model, keep, level);
    const own = known.own ?? levelBase(model, lattice, tiles[level]!, { prices, keep, rules }, level, least[level]!);
    if (tests !== undefined && known.sum === undefined) {
      known.sum = tests.sumOf(level, own.base);
      if (tests.isHopeless(level, known.sum)) return null;
    }
    known.own = own;
    base[level] = own.base;
    inputs[level] = own.inputs;
    leastInputs[level] = own.leastInputs;
    if (level === 1) break;
    known.tiles ??= tilesOutside(lattice, tiles[level]!, innerValues[level - 1]!, { prices, rules, level, own });
    least[level - 1] = known.tiles.least;
    inside[level - 1] = known.tiles.inside;
    continued[level - 1] = known.tiles.continued;
  }
  return { base, inputs, leastInputs, least, inside, continued };
}

/** The tables of the tiles of the level outside, from those of a level. */
function tilesOutside(
  lattice: TileLattice,
  tiles: LevelTiles,
  inner: InnerValues,
  {
    prices,
    rules,
    level,
    own,
  }: {
    readonly prices: TilePrices;
    readonly rules: TransferRules;
    readonly level: number;
    readonly own: LevelTables;
  },
): NonNullable<LevelBounds['tiles']> {
  const { size } = lattice;
  const minimize = (source: Float64Array, dims: readonly number[]) => minimizeInside(lattice, inner, source, dims);
  const weightsStill = minimize(own.base[WEIGHTS], ALL_DIMS);
  const outputsStill = minimize(own.base[OUTPUTS], ALL_DIMS);
  const overK = minimizeOverK(lattice, inner, own.base[INPUTS], own.inputs, own.leastInputs);
  const inputsStill = minimize(overK, ALL_BUT_K);
  const { stillWeights, stillOutputs } = tiles;
  const inputsGoOn = own.base[INPUTS].map((sum, i) => sum + own.leastInputs[i]!);
  const runs: PerTensorTable = [
    minimize(own.base[WEIGHTS], IRRELEVANT_DIMS[WEIGHTS]),
    minimize(inputsGoOn, IRRELEVANT_DIMS[INPUTS]),
    minimize(own.base[OUTPUTS], IRRELEVANT_DIMS[OUTPUTS]),
  ];
  const still = new Float64Array(size);
  const all = new Float64Array(size);
  const weights = rules.weightsAnew ? 0 : prices.perTraffic[level * TENSOR_COUNT + WEIGHTS]!;
  const outputs = prices.perTraffic[level * TENSOR_COUNT + OUTPUTS]!;
  const [weightSteps, , outputSteps] = lattice.refetches;
  const weightsInside = prices.byTile?.[level * TENSOR_COUNT + WEIGHTS]?.inside ?? null;
  const outputsInside = prices.byTile?.[level * TENSOR_COUNT + OUTPUTS]?.inside ?? null;
  const [continuedWeights, continuedInputs, continuedOutputs] = runs;
  for (let i = 0; i < size; i++) {
    still[i] = Math.min(
      weightsStill[i]! +
        weights * stillWeights[i]! +
        (weightsInside === null ? 0 : weightsInside[i]! * weightSteps[i]!),
      inputsStill[i]!,
      outputsStill[i]! +
        outputsPrice(rules, outputs, stillOutputs[i]!, outputSteps[i]!) +
        (outputsInside === null ? 0 : outputsInside[i]! * stillOutputs[i]!),
    );
    all[i] = Math.min(
      still[i]!,
      continuedWeights[i]! + weights + (weightsInside === null ? 0 : weightsInside[i]!),
      continuedInputs[i]!,
      continuedOutputs[i]! + outputs + (outputsInside === null ? 0 : outputsInside[i]!),
    );
  }
  return { least: all, inside: still, continued: runs };
}

/** All dims but K. */
export const ALL_BUT_K = ALL_DIMS.filter((d) => d !== K);

/** Least price of one word of Inputs into a level, for the tiles of a point. */
export function inputWordPrice(prices: TransferPrices, tiles: LevelTiles, level: number, point: number): number {
  const price = prices.perTraffic[level * TENSOR_COUNT + INPUTS]!;
  if (tiles.shareRatios === null) return price;
  return price + prices.inputRead[level]! * prices.inputShare[level]! * (tiles.shareRatios[point]! - 1);
}

/**
 * Price of Inputs read by the MACs beyond the least, as a share of it, because of the tile of a level that they bypass: children whose tiles are
 * far apart read the same words less often.
 */
export function macInputExcess(prices: TransferPrices, tiles: LevelTiles, level: number, point: number): number {
  const { macShareRatios } = tiles;
  return macShareRatios === null || macInputServer(prices) >= level ? 0 : macShareRatios[point]! - 1;
}

/** The tables of a level. @param inside [point]: everything inside the level's tiles */
export function levelBase(
  model: KernelModel,
  lattice: TileLattice,
  tiles: LevelTiles,
  { prices, keep, rules }: Pick<TileBoundsOptions, 'prices' | 'keep'> & { readonly rules: TransferRules },
  level: number,
  inside: Float64Array,
): LevelTables {
  const { size } = lattice;
  const { refetches, inputWords, allInputs, unrefetched } = tiles;
  const { weightsAnew, inputsAnew } = rules;
  const perTile = prices.perTile?.[level] ?? null;
  const weightsByTile = prices.byTile?.[level * TENSOR_COUNT + WEIGHTS]?.price ?? null;
  const outputsByTile = prices.byTile?.[level * TENSOR_COUNT + OUTPUTS]?.price ?? null;
  const weights = prices.perTraffic[level * TENSOR_COUNT + WEIGHTS]!;
  const outputs = prices.perTraffic[level * TENSOR_COUNT + OUTPUTS]!;
  const base: PerTensorTable = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const inputs = new Float64Array(size);
  const leastInputs = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    if (!fitsCapacity(model, tiles, level, keep[level]!, i)) {
      base[0][i] = base[1][i] = base[2][i] = Number.POSITIVE_INFINITY;
      continue;
    }
    const ofWeights = weights * (weightsAnew ? lattice : tiles).refetches[0][i]!;
    const ofOutputs = outputsPrice(rules, outputs, refetches[2][i]!, lattice.refetches[2][i]!);
    const perWord = inputWordPrice(prices, tiles, level, i);
    let own = inside[i]! + prices.macInput * macInputExcess(prices, tiles, level, i);
    if (perTile !== null) own += perTile[i]!;
    if (inputsAnew) {
      const ofInputs = perWord * allInputs![i]!;
      base[0][i] = own + ofOutputs + ofInputs;
      base[1][i] = own + ofWeights + ofOutputs + ofInputs;
      base[2][i] = own + ofWeights + ofInputs;
    } else {
      base[0][i] = own + ofOutputs + perWord * inputWords[0][i]!;
      base[1][i] = own + ofWeights + ofOutputs;
      base[2][i] = own + ofWeights + perWord * inputWords[2][i]!;
      inputs[i] = perWord * inputWords[1][i]!;
      leastInputs[i] = perWord * unrefetched[i]!;
    }
    if (weightsAnew) base[0][i]! += ofWeights;
    if (weightsByTile !== null) {
      const refetched = weightsByTile[i]! * lattice.refetches[0][i]!;
      base[1][i]! += refetched;
      base[2][i]! += refetched;
    }
    if (outputsByTile !== null) {
      const refetched = outputsByTile[i]! * refetches[2][i]!;
      base[0][i]! += refetched;
      base[1][i]! += refetched;
    }
  }
  return { base, inputs, leastInputs };
}
