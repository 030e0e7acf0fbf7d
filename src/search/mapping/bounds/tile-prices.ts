import { DIM_COUNT, G, INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { fitsCapacity, type LevelTiles } from '../tiles/level-tiles.ts';
import type { TileLattice } from '../tiles/tile-lattice.ts';
import { requestsPerBit } from '../tiles/tile-requests.ts';
import { type Flow, firstBits, isRequested, type RequestPrice, requestedBits, weightSteps } from './flows.ts';
import type { TransferCosts, TransferPrices } from './transfer-costs.ts';
import { transferRules } from './transfer-rules.ts';

/** Prices of traffic, and of what tiles need beside it. */
export interface TilePrices extends TransferPrices {
  /** [level][point]: whatever the order of the loops; null: nothing. */
  readonly perTile?: readonly (Float64Array | null)[];
  /** [level * 3 + tensor]: of refetches of Weights (edges left aside) and of Outputs, beside `perTraffic`. */
  readonly byTile?: readonly (RefetchPrices | null)[];
}

/** Prices of a refetch into a level that depend on the tile. */
export interface RefetchPrices {
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
  readonly costs: TransferCosts;
}

/** The prices of a flow by tile. */
export function tilePrices(source: TileSource, { prices, perVisit, perLoad, loadsInto, requests }: Flow): TilePrices {
  const { model, lattice } = source;
  if (perLoad === 0 && requests.length === 0 && perVisit.every((cycles) => cycles === 0)) return prices;
  const tables = new Tables(source);
  if (perVisit.some((cycles) => cycles > 0)) {
    const visits = visitsOf(lattice);
    perVisit.forEach((cycles, level) => {
      if (cycles > 0) tables.addPerTile(level, (point) => cycles * visits[point]!);
    });
  }
  const last = model.levelCount - 1;
  if (perLoad > 0 && loadsInto <= last) tables.addRefetches(loadsInto, WEIGHTS, loadPrices(source, perLoad, loadsInto));
  else if (perLoad > 0 && last > 0) {
    const own = macLoads(source, perLoad);
    tables.addPerTile(last, (point) => own.perTile[point]!);
    tables.addRefetches(last, WEIGHTS, { price: own.price, inside: new Float64Array(lattice.size) });
  }
  for (const request of requests)
    for (let level = 1; level <= last; level++)
      for (let t = 0; t < TENSOR_COUNT; t++) addRequests(source, tables, request, level, t);
  return { ...prices, perTile: tables.perTile, byTile: tables.byTile };
}

/** Sums of prices by tile. */
class Tables {
  readonly perTile: (Float64Array | null)[];
  readonly byTile: (RefetchPrices | null)[];
  readonly #size: number;

  constructor({ model, lattice }: TileSource) {
    this.#size = lattice.size;
    this.perTile = new Array(model.levelCount).fill(null);
    this.byTile = new Array(model.levelCount * TENSOR_COUNT).fill(null);
  }

  addPerTile(level: number, priceOf: (point: number) => number): void {
    const table = this.perTile[level] ?? new Float64Array(this.#size);
    this.perTile[level] = table;
    for (let point = 0; point < this.#size; point++) table[point]! += priceOf(point);
  }

  addRefetches(level: number, tensor: number, { price, inside }: RefetchPrices): void {
    const known = this.byTile[level * TENSOR_COUNT + tensor];
    this.byTile[level * TENSOR_COUNT + tensor] =
      known == null
        ? { price, inside }
        : {
            price: price.map((own, point) => own + known.price[point]!),
            inside: inside.map((own, point) => own + known.inside[point]!),
          };
  }
}

/**
 * Requests of one transfer. Where tiles come anew at every step, or never twice, their number depends on the tile alone; at ragged bounds, where edges
 * may stand still, every word counts once at least.
 */
function addRequests(source: TileSource, tables: Tables, { port, perRequest }: RequestPrice, level: number, t: number) {
  const { model, keep, costs, lattice, spatial } = source;
  const own = source.tiles[level]!;
  if (((keep[level]! >> t) & 1) === 0 || !isRequested(model, costs, port, level, t)) return;
  const bits = perRequest * requestedBits(costs, port, level, t);
  const first = perRequest * firstBits(costs, port, level, t);
  if (bits === 0) return;
  const wordBits = costs.serverWordBits[level * TENSOR_COUNT + t]!;
  const perBit = requestsPerBit(model, lattice, spatial, { server: port.level, wordBits, level, tensor: t });
  const { weightsAnew, inputsAnew, bansSpill } = transferRules(model, keep, level);
  if (t === INPUTS) {
    const { allInputs, shareRatios } = own;
    if (inputsAnew)
      tables.addPerTile(level, (point) => bits * perBit[point]! * allInputs![point]! * (shareRatios?.[point] ?? 1));
    return;
  }
  if (t === OUTPUTS) tables.addPerTile(level, (point) => -first * perBit[point]!);
  const isOnce = t === OUTPUTS && bansSpill;
  if (t === WEIGHTS && weightsAnew) {
    const steps = lattice.refetches[WEIGHTS];
    tables.addPerTile(level, (point) => bits * perBit[point]! * steps[point]!);
  } else if (isOnce || lattice.factors === 'imperfect') tables.addPerTile(level, (point) => bits * perBit[point]!);
  else {
    const price = perBit.map((requests) => bits * requests);
    const inside = new Float64Array(lattice.size).fill(leastFitting(source, price, level));
    tables.addRefetches(level, t, { price, inside });
  }
}

/** Least price of the tiles that a level can hold. */
function leastFitting({ model, keep, lattice, tiles }: TileSource, price: Float64Array, level: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let point = 0; point < lattice.size; point++)
    if (price[point]! < least && fitsCapacity(model, tiles[level]!, level, keep[level]!, point)) least = price[point]!;
  return least;
}

function loadPrices(source: TileSource, perLoad: number, level: number): RefetchPrices {
  const { lattice } = source;
  const visits = visitsOf(lattice);
  const price = visits.map((count, point) => (perLoad * count) / lattice.refetches[0][point]!);
  const least = leastFitting(source, price, level);
  return { price, inside: price.map((own) => Math.max(own, least)) };
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
