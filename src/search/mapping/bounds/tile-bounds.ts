import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import type { LevelTiles, TileLattice } from '../space/tile-lattice.ts';
import type { TransferCosts } from './transfer-costs.ts';

/** [dim][outer value]: places of the inner values that one temporal loop can lead to. */
export type InnerValues = readonly (readonly Uint16Array[])[];

/**
 * Least energy of everything inside a tile, for every tile of every level: a dynamic program from the innermost level outwards over the
 * tile lattice. It is exact but for the halo of Inputs, of which it takes the least value over all orders.
 *
 * A level's loops are innermost irrelevant to one tensor, which stands still through them: its refetches are those above the outer tile.
 * The other two are fetched anew for every inner tile. So each of the three cases is a sum of a function of the outer tile and one of the
 * inner tile, and the best inner tile is a minimum over the values inside, dim by dim.
 */
export interface TileBounds {
  /**
   * [level][tensor][point]: energy of transfers into `level` but for the named stationary tensor, plus everything further inside; infinite
   * when the tile does not fit.
   */
  readonly base: readonly (readonly [Float64Array, Float64Array, Float64Array])[];
  /** [level][point]: energy of Inputs into the level when K is not stationary but the order is best. */
  readonly inputsPj: readonly Float64Array[];
  /** [level][point]: energy of everything inside the tile (of any level but the outermost), whether or not a stationary run crosses its level. */
  readonly least: readonly Float64Array[];
  /** [level][point]: energy of everything inside the tile when no stationary run crosses its level. */
  readonly inside: readonly Float64Array[];
  /**
   * [level][tensor][point]: the same when all loops of the level are irrelevant to the tensor, whose stationary run goes on in the level above;
   * without the plain tensor's own transfer into the next level.
   */
  readonly carried: readonly (readonly [Float64Array, Float64Array, Float64Array])[];
}

/**
 * Builds the bounds; `innerValues[level]` are the loops allowed at `level`.
 * @param isHopeless asked with the least energy of all transfers into a level and further in, with one refetch of whatever stands still;
 *   when it says so, nothing is built
 * @param touchedInputs words of Inputs that must come in at least; needed with `isHopeless`
 * @param outermost the outermost level whose own transfers are of interest
 */
export function tileBounds(
  model: KernelModel,
  lattice: TileLattice,
  tiles: readonly LevelTiles[],
  costs: TransferCosts,
  keep: Uint8Array,
  innerValues: readonly InnerValues[],
  isHopeless?: (level: number, leastPj: number) => boolean,
  touchedInputs = 0,
  outermost = 1,
): TileBounds | null {
  const levels = model.levelCount;
  const { size } = lattice;
  const base: [Float64Array, Float64Array, Float64Array][] = [];
  const inputsPj: Float64Array[] = [];
  const inside: Float64Array[] = [];
  const carried: [Float64Array, Float64Array, Float64Array][] = [];
  const least: Float64Array[] = [];
  let value = new Float64Array(size);
  inside[levels - 1] = value;
  least[levels - 1] = value;
  for (let level = levels - 1; level >= outermost; level--) {
    const own = levelBase(model, lattice, tiles[level]!, costs, keep, level, value);
    base[level] = own.base;
    inputsPj[level] = own.inputs;
    if (isHopeless?.(level, leastOf(own.base, costs, level, touchedInputs)) === true) return null;
    if (level === 1) break;
    const inner = innerValues[level - 1]!;
    const weightsStill = minimizeInside(lattice, inner, own.base[WEIGHTS], [0, 1, 2, 3, 4, 5, 6, 7]);
    const outputsStill = minimizeInside(lattice, inner, own.base[OUTPUTS], [0, 1, 2, 3, 4, 5, 6, 7]);
    const inputsStill = minimizeInside(
      lattice,
      inner,
      minimizeOverK(lattice, inner, own.base[INPUTS], own.inputs),
      [0, 1, 3, 4, 5, 6, 7],
    );
    const unrefetched = tiles[level]!.unrefetched;
    const stillInputs = new Float64Array(size);
    for (let i = 0; i < size; i++)
      stillInputs[i] = own.base[INPUTS][i]! + inputWordPj(costs, tiles[level]!, level, i) * unrefetched[i]!;
    const carry: [Float64Array, Float64Array, Float64Array] = [
      minimizeInside(lattice, inner, own.base[WEIGHTS], [0, 4, 5]),
      minimizeInside(lattice, inner, stillInputs, [2]),
      minimizeInside(lattice, inner, own.base[OUTPUTS], [3, 6, 7]),
    ];
    const without = new Float64Array(size);
    const all = new Float64Array(size);
    const weights = costs.energyPj[level * TENSOR_COUNT + WEIGHTS]!;
    const outputs = costs.energyPj[level * TENSOR_COUNT + OUTPUTS]!;
    const { stillWeights, stillOutputs } = tiles[level]!;
    const [carriedWeights, carriedInputs, carriedOutputs] = carry;
    for (let i = 0; i < size; i++) {
      const still = Math.min(
        weightsStill[i]! + weights * stillWeights[i]!,
        inputsStill[i]!,
        outputsStill[i]! + outputs * stillOutputs[i]!,
      );
      without[i] = still;
      all[i] = Math.min(still, carriedWeights[i]! + weights, carriedInputs[i]!, carriedOutputs[i]! + outputs);
    }
    inside[level - 1] = without;
    carried[level - 1] = carry;
    value = all;
    least[level - 1] = all;
  }
  return { base, inputsPj, least, inside, carried };
}

/** Least energy of all transfers into a level and further in, with one refetch of whatever stands still. */
function leastOf(base: TileBounds['base'][number], costs: TransferCosts, level: number, touchedInputs: number): number {
  const [weights, inputs, outputs] = base;
  const weightsPj = costs.energyPj[level * TENSOR_COUNT + WEIGHTS]!;
  const inputsPj = costs.energyPj[level * TENSOR_COUNT + INPUTS]! * touchedInputs;
  const outputsPj = costs.energyPj[level * TENSOR_COUNT + OUTPUTS]!;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < weights.length; i++) {
    const pj = Math.min(weights[i]! + weightsPj, inputs[i]! + inputsPj, outputs[i]! + outputsPj);
    if (pj < least) least = pj;
  }
  return least;
}

/** Least energy of one word of Inputs into a level, for the tiles of a point. */
export function inputWordPj(costs: TransferCosts, tiles: LevelTiles, level: number, point: number): number {
  const pj = costs.energyPj[level * TENSOR_COUNT + INPUTS]!;
  if (tiles.shareRatios === null) return pj;
  return pj + costs.inputReadPj[level]! * costs.inputShare[level]! * (tiles.shareRatios[point]! - 1);
}

/**
 * What Inputs read by the MACs cost beyond the least, as a share of it, because of the tile of a level that they bypass: children whose tiles are
 * far apart read the same words less often.
 */
export function macInputExcess(costs: TransferCosts, tiles: LevelTiles, level: number, point: number): number {
  const { macShareRatios } = tiles;
  return macShareRatios === null || macInputServer(costs) >= level ? 0 : macShareRatios[point]! - 1;
}

/** Level from which the MACs read Inputs. */
export function macInputServer({ server }: TransferCosts): number {
  return server[server.length - TENSOR_COUNT + INPUTS]!;
}

function levelBase(
  model: KernelModel,
  lattice: TileLattice,
  tiles: LevelTiles,
  costs: TransferCosts,
  keep: Uint8Array,
  level: number,
  inside: Float64Array,
): { base: [Float64Array, Float64Array, Float64Array]; inputs: Float64Array } {
  const { size } = lattice;
  const { refetches } = tiles;
  const weights = costs.energyPj[level * TENSOR_COUNT + WEIGHTS]!;
  const outputs = costs.energyPj[level * TENSOR_COUNT + OUTPUTS]!;
  const base: [Float64Array, Float64Array, Float64Array] = [
    new Float64Array(size),
    new Float64Array(size),
    new Float64Array(size),
  ];
  const inputsPj = new Float64Array(size);
  const kind = model.capacityKind[level]!;
  const bits = model.capacityBits.subarray(level * TENSOR_COUNT, level * TENSOR_COUNT + TENSOR_COUNT);
  const held = [0, 1, 2].map((t) => (keep[level]! >> t) & 1);
  const [weightBits, inputBits, outputBits] = tiles.tileBits;
  for (let i = 0; i < size; i++) {
    const w = held[0]! * weightBits[i]!;
    const x = held[1]! * inputBits[i]!;
    const o = held[2]! * outputBits[i]!;
    const fits = kind === 0 || (kind === 1 ? w + x + o <= bits[0]! : w <= bits[0]! && x <= bits[1]! && o <= bits[2]!);
    if (!fits) {
      base[0][i] = base[1][i] = base[2][i] = Number.POSITIVE_INFINITY;
      continue;
    }
    const weightsPj = weights * refetches[0][i]!;
    const outputsPj = outputs * refetches[2][i]!;
    const inputs = inputWordPj(costs, tiles, level, i);
    const own = inside[i]! + costs.macInputPj * macInputExcess(costs, tiles, level, i);
    base[0][i] = own + outputsPj + inputs * tiles.inputWords[0][i]!;
    base[1][i] = own + weightsPj + outputsPj;
    base[2][i] = own + weightsPj + inputs * tiles.inputWords[2][i]!;
    inputsPj[i] = inputs * tiles.inputWords[1][i]!;
  }
  return { base, inputs: inputsPj };
}

/** For every point the least `source` over all points inside it along `dims`. */
function minimizeInside(
  lattice: TileLattice,
  inner: InnerValues,
  source: Float64Array,
  dims: readonly number[],
): Float64Array {
  let least: Float64Array = source.slice();
  for (const d of dims) {
    if (lattice.values[d]!.length === 1) continue;
    const steps = lattice.divisorSteps[d]!;
    if (steps !== null && inner[d]!.every((places, j) => places.length === lattice.divisorCounts[d]![j]))
      minimizeOverDivisors(lattice, d, steps, least);
    else least = minimizeAlong(lattice, inner, least, d);
  }
  return least;
}

/** The least over all divisors of a dim's value, in place: prime by prime, each value takes over the least of the value without the prime. */
function minimizeOverDivisors(lattice: TileLattice, d: number, steps: Uint16Array, least: Float64Array): void {
  const stride = lattice.strides[d]!;
  const blockSize = stride * lattice.values[d]!.length;
  for (let block = 0; block < lattice.size; block += blockSize)
    for (let k = 0; k < steps.length; k += 2) {
      const to = block + steps[k]! * stride;
      const offset = (steps[k + 1]! - steps[k]!) * stride;
      for (let i = to; i < to + stride; i++) if (least[i + offset]! < least[i]!) least[i] = least[i + offset]!;
    }
}

/** The same along one dim for any choice of inner values. */
function minimizeAlong(lattice: TileLattice, inner: InnerValues, from: Float64Array, d: number): Float64Array {
  const count = lattice.values[d]!.length;
  const stride = lattice.strides[d]!;
  const to = new Float64Array(lattice.size);
  for (let block = 0; block < lattice.size; block += stride * count)
    for (let j = 0; j < count; j++) {
      const target = block + j * stride;
      const places = inner[d]![j]!;
      if (places.length === 0) {
        to.fill(Number.POSITIVE_INFINITY, target, target + stride);
        continue;
      }
      const first = block + places[0]! * stride;
      for (let i = 0; i < stride; i++) to[target + i] = from[first + i]!;
      for (let k = 1; k < places.length; k++) {
        const offset = block + places[k]! * stride;
        for (let i = 0; i < stride; i++) if (from[offset + i]! < to[target + i]!) to[target + i] = from[offset + i]!;
      }
    }
  return to;
}

/** The same along K with Inputs stationary through the level's K loop: their energy is divided by its bound. */
function minimizeOverK(
  lattice: TileLattice,
  inner: InnerValues,
  source: Float64Array,
  inputsPj: Float64Array,
): Float64Array {
  const d = 2;
  const count = lattice.values[d]!.length;
  const stride = lattice.strides[d]!;
  const above = lattice.above[d]!;
  const to = new Float64Array(lattice.size);
  for (let block = 0; block < lattice.size; block += stride * count)
    for (let j = 0; j < count; j++) {
      const target = block + j * stride;
      to.fill(Number.POSITIVE_INFINITY, target, target + stride);
      for (const place of inner[d]![j]!) {
        const offset = block + place * stride;
        const share = above[j]! / above[place]!;
        for (let i = 0; i < stride; i++) {
          const pj = source[offset + i]! + inputsPj[offset + i]! * share;
          if (pj < to[target + i]!) to[target + i] = pj;
        }
      }
    }
  return to;
}
