import { C, DIM_COUNT, G, K, type KernelModel, N } from '../../../cost/kernel/model.ts';
import { sharedWords, tileSpan } from '../../../cost/kernel/sliding/axis-tiles.ts';
import { commonWords } from '../../../workload/used-words.ts';
import type { InputsAxis } from '../tiles/inputs-axis.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';
import { axisEntry, type TileLattice } from '../tiles/tile-lattice.ts';

/** The walk on one axis: rows or columns. */
class AxisWalk {
  table!: InputsAxis;
  /** Extents of a tile, words from its first to its last one. */
  outputs = 1;
  filters = 1;
  span = 1;
  full = 1;
  /** Words of all tiles with padding. */
  unclipped = 1;
  /** Whether padding is counted as words. */
  isUnclipped = false;
  /** How far the loops walked so far have moved the tile when they wrap. */
  wrap = 0;
  /** Tiles along the output and the filter dim for which the loops walked so far are at index 0. */
  outputCount = 1;
  filterCount = 1;
  /** Their first words; only of padded axes. */
  outputStarts: Float64Array = new Float64Array(16);
  filterStarts: Float64Array = new Float64Array(16);

  begin(table: InputsAxis, lattice: TileLattice, point: number, unclipped: boolean): void {
    const p = lattice.digits[point * DIM_COUNT + table.axis.output]!;
    const r = lattice.digits[point * DIM_COUNT + table.axis.filter]!;
    const place = axisEntry(lattice, table.axis, point);
    this.table = table;
    this.outputs = table.outputs[p]!;
    this.filters = table.filters[r]!;
    this.span = tileSpan(table.axis, this.outputs, this.filters);
    this.full = table.full[place]!;
    this.wrap = 0;
    this.outputCount = table.outputTiles[p]!;
    this.filterCount = table.filterTiles[r]!;
    this.unclipped = table.words[place]! * this.outputCount * this.filterCount;
    this.isUnclipped = unclipped;
    if (unclipped || !table.axis.padded) return;
    this.outputStarts = listStarts(this.outputStarts, this.outputCount, table.outputPitch[p]!);
    this.filterStarts = listStarts(this.filterStarts, this.filterCount, table.filterPitch[r]!);
  }

  /** Words that the tile shares with the one before when another dim's loop advances and the axis's loops wrap. */
  wrapShared(): number {
    if (this.wrap >= this.span) return 0;
    if (!this.table.axis.padded || this.isUnclipped)
      return this.#shared(this.wrap) * this.outputCount * this.filterCount;
    return this.#stored(this.outputStarts, 0, this.outputCount, this.filterStarts, 0, this.filterCount, this.wrap);
  }

  /** Words that the tile shares with the one before when a loop over one of the axis's dims advances by `move`; takes the loop. */
  advance(isOutput: boolean, bound: number, move: number): number {
    const offset = this.wrap - move;
    const overlaps = Math.abs(offset) < this.span;
    this.wrap += (bound - 1) * move;
    const { axis } = this.table;
    const before = isOutput ? this.outputCount : this.filterCount;
    const after = Math.round(before / bound);
    let shared = 0;
    if (axis.padded && !this.isUnclipped) {
      keepFirst(isOutput ? this.outputStarts : this.filterStarts, before, bound, move);
      if (overlaps)
        shared = isOutput
          ? this.#stored(this.outputStarts, after, before, this.filterStarts, 0, this.filterCount, offset)
          : this.#stored(this.outputStarts, 0, this.outputCount, this.filterStarts, after, before, offset);
    } else if (overlaps)
      shared = this.#shared(offset) * (before - after) * (isOutput ? this.filterCount : this.outputCount);
    if (isOutput) this.outputCount = after;
    else this.filterCount = after;
    return shared;
  }

  #shared(move: number): number {
    return sharedWords(this.table.axis, this.outputs, this.filters, move);
  }

  /** Stored words that the tiles at pairs of starts share with those `move` words from them. */
  #stored(
    outputs: Float64Array,
    outputFrom: number,
    outputTo: number,
    filters: Float64Array,
    filterFrom: number,
    filterTo: number,
    move: number,
  ): number {
    const { axis } = this.table;
    const { storedFrom, storedTo } = axis;
    const from = Math.max(0, move);
    const to = Math.min(this.span, this.span + move);
    let sum = 0;
    for (let r = filterFrom; r < filterTo; r++) {
      const left = filters[r]! + from;
      const right = filters[r]! + to;
      for (let p = outputFrom; p < outputTo; p++) {
        if (axis.hasGaps) {
          const first = outputs[p]! + filters[r]!;
          sum += commonWords(
            axis,
            this.outputs,
            this.filters,
            this.outputs,
            this.filters,
            move,
            storedFrom - first,
            storedTo - first,
          );
          continue;
        }
        const start = outputs[p]! + left;
        const end = outputs[p]! + right;
        const words = Math.min(end, storedTo) - Math.max(start, storedFrom);
        if (words > 0) sum += words;
      }
    }
    return sum;
  }
}

function listStarts(starts: Float64Array, count: number, pitch: number): Float64Array {
  const list = starts.length < count ? new Float64Array(2 * count) : starts;
  for (let i = 0; i < count; i++) list[i] = i * pitch;
  return list;
}

/** Moves the starts at index 0 of a loop to the front, in place. */
function keepFirst(starts: Float64Array, count: number, bound: number, move: number): void {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const start = starts[i]!;
    if (Math.floor(start / move) % bound !== 0) continue;
    starts[i] = starts[kept]!;
    starts[kept++] = start;
  }
}

/** Counts the words of Inputs by walking the loops above a tile from the innermost outwards: all tiles less what consecutive ones share. */
export class InputsWalk {
  /** Words of all children so far. */
  words = 0;
  /** Padding counted as words in all tiles, fetched anew or not. */
  padding = 0;
  #plain = 0;
  /** Iterations of the K loops outside those walked. */
  #outerK = 0;
  readonly #rows = new AxisWalk();
  readonly #columns = new AxisWalk();

  /** Starts with all tiles fetched anew; padding of an axis that is not clipped is counted as words. */
  begin(
    model: KernelModel,
    tiles: LevelTiles,
    lattice: TileLattice,
    point: number,
    unclippedRows = false,
    unclippedColumns = false,
  ): void {
    this.#plain = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
    this.#outerK = lattice.refetches[1][point]!;
    this.#rows.begin(tiles.rows, lattice, point, unclippedRows);
    this.#columns.begin(tiles.columns, lattice, point, unclippedColumns);
    const stored = this.#rows.full * this.#columns.full;
    const all =
      (unclippedRows ? this.#rows.unclipped : this.#rows.full) *
      (unclippedColumns ? this.#columns.unclipped : this.#columns.full);
    this.words = this.#plain * this.#outerK * all;
    this.padding = this.#plain * this.#outerK * (all - stored);
  }

  /** Takes the next loop outwards. @returns false when no loop further out can share words */
  take(dim: number, bound: number, step: number): boolean {
    const rows = this.#rows;
    const columns = this.#columns;
    if (dim === K) {
      this.#outerK /= bound;
      this.words -= this.#plain * (bound - 1) * this.#outerK * rows.wrapShared() * columns.wrapShared();
      return true;
    }
    if (dim < 4) return false;
    const isRow = dim === rows.table.axis.output || dim === rows.table.axis.filter;
    const own = isRow ? rows : columns;
    const { axis } = own.table;
    const isOutput = dim === axis.output;
    const shared = own.advance(isOutput, bound, step * (isOutput ? axis.stride : axis.dilation));
    if (shared > 0) this.words -= this.#plain * this.#outerK * shared * (isRow ? columns : rows).wrapShared();
    return true;
  }
}
