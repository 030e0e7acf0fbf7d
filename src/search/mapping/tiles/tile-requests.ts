import { DIM_COUNT, INPUTS, type KernelModel, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { wordsOfTile } from '../../../cost/kernel/sliding/axis-tiles.ts';
import { isOneRun } from '../../../cost/kernel/sliding/input-requests.ts';
import { requestsOfRun } from '../../../cost/level-overheads.ts';
import { type TileLattice, tileExtents } from './tile-lattice.ts';

const tables = new WeakMap<TileLattice, Map<number, Float64Array>>();

/** A transfer of a tensor into the tiles of a level. */
export interface ServedTiles {
  readonly server: number;
  /** Of a word at the server. */
  readonly wordBits: number;
  readonly level: number;
  readonly tensor: number;
}

/** [point]: requests that the server takes for a bit of a transfer: exact where all tiles are cut alike, else the fewest. */
export function requestsPerBit(
  model: KernelModel,
  lattice: TileLattice,
  spatial: Float64Array,
  served: ServedTiles,
): Float64Array {
  const { server, wordBits, level, tensor } = served;
  let known = tables.get(lattice);
  if (known === undefined) {
    known = new Map();
    tables.set(lattice, known);
  }
  const isTile = wordBits === model.wordBitsOf[server * TENSOR_COUNT + tensor];
  const key = ((server * model.levelCount + level) * TENSOR_COUNT + tensor) * 2 + (isTile ? 1 : 0);
  const table = known.get(key) ?? countPerBit(model, lattice, spatial, served);
  known.set(key, table);
  return table;
}

/** Fewest requests for a bit, whatever the tile. */
export function leastPerBit({ overheads }: KernelModel, server: number): number {
  return 1 / (8 * overheads.requestBytes[server]!);
}

function countPerBit(
  model: KernelModel,
  lattice: TileLattice,
  spatial: Float64Array,
  { server, wordBits: bits, level, tensor }: ServedTiles,
): Float64Array {
  const extents = tileExtents(model, lattice.values, spatial, level);
  const at = server * TENSOR_COUNT + tensor;
  const layout = model.overheads.layout[at]!;
  const bytes = model.overheads.requestBytes[server]!;
  const least = leastPerBit(model, server);
  const perBit = new Float64Array(lattice.size);
  for (let point = 0; point < lattice.size; point++) {
    const { words, isCommon } = runOf(model, layout, tensor, (d) => {
      return extents[d]![lattice.digits[point * DIM_COUNT + d]!]!;
    });
    // Shorter runs of no more than a request take one each all the same.
    const isExact = isCommon || words * bits <= 8 * bytes;
    perBit[point] = isExact ? requestsOfRun(words, bits, bytes) / (words * bits) : least;
  }
  return perBit;
}

/** Words of the longest run of a tile, and whether all are as long; infinite where a shorter tile may have a longer one. */
function runOf(
  { bounds, rows, columns }: KernelModel,
  layout: Uint8Array,
  tensor: number,
  extentOf: (d: number) => number,
): { readonly words: number; readonly isCommon: boolean } {
  let run = 1;
  for (const d of layout) {
    const bound = bounds[d]!;
    const extent = extentOf(d);
    if (tensor === INPUTS && (d === rows.output || d === columns.output)) {
      const axis = d === rows.output ? rows : columns;
      const filters = extentOf(axis.filter);
      if (!isOneRun(axis, extent, filters)) break;
      const tile = wordsOfTile(axis, extent, filters);
      const isWhole = extent === bound && filters === bounds[axis.filter];
      const isUnlike = axis.padded || bound % extent !== 0 || bounds[axis.filter]! % filters !== 0;
      if (!isWhole && isUnlike) {
        const canMerge = tile >= axis.mapLength;
        return { words: canMerge ? Number.POSITIVE_INFINITY : run * tile, isCommon: false };
      }
      const words = axis.padded ? axis.length : tile;
      run *= words;
      if (words < axis.mapLength) break;
      continue;
    }
    run *= extent;
    if (extent < bound) return { words: run, isCommon: bound % extent === 0 };
  }
  return { words: run, isCommon: true };
}
