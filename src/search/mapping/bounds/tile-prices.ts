import { DIM_COUNT, G, type KernelModel } from '../../../cost/kernel/model.ts';
import { fitsCapacity, type LevelTiles } from '../tiles/level-tiles.ts';
import type { TileLattice } from '../tiles/tile-lattice.ts';
import { type Flow, weightSteps } from './flows.ts';
import type { TransferPrices } from './transfer-costs.ts';

/** Prices of traffic, and of what tiles need beside it. */
export interface TilePrices extends TransferPrices {
  /** [level][point]: whatever the order of the loops; null: nothing. */
  readonly perTile?: readonly (Float64Array | null)[];
  /** Of loads of weights. */
  readonly loads?: LoadPrices | null;
}

/** Prices of loads of weights into a level: as many as the refetches of Weights, edges left aside, times a price by the tile. */
export interface LoadPrices {
  readonly level: number;
  /** [point] */
  readonly price: Float64Array;
  /** [point of the level outside]: least price of all tiles inside that fit. */
  readonly inside: Float64Array;
}

/** What the tables of a placement are made from. */
export interface TileSource {
  readonly model: KernelModel;
  readonly spatial: Float64Array;
  readonly keep: Uint8Array;
  readonly lattice: TileLattice;
  readonly tiles: readonly LevelTiles[];
}

/** The prices of a flow by tile. */
export function tilePrices(source: TileSource, { prices, perVisit, perLoad, loadsInto }: Flow): TilePrices {
  const { model, lattice } = source;
  if (perLoad === 0 && perVisit.every((cycles) => cycles === 0)) return prices;
  const visits = visitsOf(lattice);
  const perTile = Array.from(perVisit, (cycles): Float64Array | null =>
    cycles === 0 ? null : visits.map((count) => cycles * count),
  );
  if (perLoad === 0) return { ...prices, perTile };
  if (loadsInto < model.levelCount) return { ...prices, perTile, loads: loadPrices(source, perLoad, loadsInto) };
  const last = model.levelCount - 1;
  if (last === 0) return { ...prices, perTile };
  const own = macLoads(source, perLoad);
  const visiting = perTile[last];
  perTile[last] = visiting ? visiting.map((cycles, point) => cycles + own.perTile[point]!) : own.perTile;
  return { ...prices, perTile, loads: { level: last, price: own.price, inside: new Float64Array(lattice.size) } };
}

function loadPrices({ model, keep, lattice, tiles }: TileSource, perLoad: number, level: number): LoadPrices {
  const visits = visitsOf(lattice);
  const price = visits.map((count, point) => (perLoad * count) / lattice.refetches[0][point]!);
  let least = Number.POSITIVE_INFINITY;
  for (let point = 0; point < lattice.size; point++)
    if (price[point]! < least && fitsCapacity(model, tiles[level]!, level, keep[level]!, point)) least = price[point]!;
  return { level, price, inside: price.map((own) => Math.max(own, least)) };
}

/**
 * Loads into MACs by the tile of the innermost level: its loops over dims of Weights, if any, run outside the others, so that nothing further out
 * stands still; without such loops the run of the level goes on.
 */
function macLoads(
  { model, spatial, lattice }: TileSource,
  perLoad: number,
): { readonly perTile: Float64Array; readonly price: Float64Array } {
  const visits = visitsOf(lattice);
  const irrelevant = lattice.refetches[0];
  const steps = weightSteps(model, spatial);
  const perTile = new Float64Array(lattice.size);
  const price = new Float64Array(lattice.size);
  for (let point = 0; point < lattice.size; point++) {
    const outside = visits[point]! / irrelevant[point]!;
    if (outside < steps) perTile[point] = perLoad * steps * irrelevant[point]!;
    else price[point] = perLoad * outside;
  }
  return { perTile, price };
}

const visitsOfLattice = new WeakMap<TileLattice, Float64Array>();

/** [point]: least visits of a tile: temporal steps above. */
export function visitsOf(lattice: TileLattice): Float64Array {
  const known = visitsOfLattice.get(lattice);
  if (known !== undefined) return known;
  const [weights, inputs, outputs] = lattice.refetches;
  const visits = weights.map(
    (steps, point) =>
      steps * inputs[point]! * outputs[point]! * lattice.above[G]![lattice.digits[point * DIM_COUNT + G]!]!,
  );
  visitsOfLattice.set(lattice, visits);
  return visits;
}
