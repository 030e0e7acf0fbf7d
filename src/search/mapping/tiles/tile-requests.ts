import { DIM_COUNT, INPUTS, type KernelModel, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { wordsOfTile } from '../../../cost/kernel/sliding/axis-tiles.ts';
import { isOneRun } from '../../../cost/kernel/sliding/input-requests.ts';
import { requestsOfRun } from '../../../cost/level-overheads.ts';
import { type TileLattice, tileExtents } from './tile-lattice.ts';

const tables = new WeakMap<TileLattice, Map<number, Float64Array>>();

/**
 * [point]: requests that a level takes for a bit of a tensor that it serves to the tiles of another level: exact where all of these are cut alike, else
 * the fewest.
 */
export function requestsPerBit(
  model: KernelModel,
  lattice: TileLattice,
  spatial: Float64Array,
  server: number,
  level: number,
  tensor: number,
): Float64Array {
  let known = tables.get(lattice);
  if (known === undefined) {
    known = new Map();
    tables.set(lattice, known);
  }
  const key = (server * model.levelCount + level) * TENSOR_COUNT + tensor;
  const table = known.get(key) ?? countPerBit(model, lattice, spatial, server, level, tensor);
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
  server: number,
  level: number,
  tensor: number,
): Float64Array {
  const extents = tileExtents(model, lattice.values, spatial, level);
  const at = server * TENSOR_COUNT + tensor;
  const layout = model.overheads.layout[at]!;
  const bits = model.wordBitsOf[at]!;
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
