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
  /**
   * First words of those of them that can lose words to padding, whatever the other dim's start, and how many they are; only of padded axes. They
   * lie at the ends of the axis, so they are few however long it is.
   */
  outputEdges: Float64Array = new Float64Array(16);
  filterEdges: Float64Array = new Float64Array(16);
  outputEdgeCount = 0;
  filterEdgeCount = 0;

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
    const { storedFrom, storedTo } = table.axis;
    const outputPitch = table.outputPitch[p]!;
    const filterPitch = table.filterPitch[r]!;
    const behind = storedTo - this.span;
    const lowOutputs = startsBelow(storedFrom, this.outputCount, outputPitch);
    const lowFilters = startsBelow(storedFrom, this.filterCount, filterPitch);
    const highOutputs = startsBelow(behind + 1 - (this.filterCount - 1) * filterPitch, this.outputCount, outputPitch);
    const highFilters = startsBelow(behind + 1 - (this.outputCount - 1) * outputPitch, this.filterCount, filterPitch);
    this.outputEdges = listEdges(this.outputEdges, this.outputCount, outputPitch, lowOutputs, highOutputs);
    this.filterEdges = listEdges(this.filterEdges, this.filterCount, filterPitch, lowFilters, highFilters);
    this.outputEdgeCount = lowOutputs + this.outputCount - Math.max(lowOutputs, highOutputs);
    this.filterEdgeCount = lowFilters + this.filterCount - Math.max(lowFilters, highFilters);
  }

  /** Words that the tile shares with the one before when another dim's loop advances and the axis's loops wrap. */
  wrapShared(): number {
    if (this.wrap >= this.span) return 0;
    if (!this.table.axis.padded || this.isUnclipped)
      return this.#shared(this.wrap) * this.outputCount * this.filterCount;
    return this.#stored(
      0,
      this.outputEdgeCount,
      0,
      this.filterEdgeCount,
      this.outputCount * this.filterCount,
      this.wrap,
    );
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
      const outputs = this.outputEdgeCount;
      const filters = this.filterEdgeCount;
      const kept = isOutput
        ? keepFirst(this.outputEdges, outputs, bound, move)
        : keepFirst(this.filterEdges, filters, bound, move);
      if (overlaps)
        shared = isOutput
          ? this.#stored(kept, outputs, 0, filters, (before - after) * this.filterCount, offset)
          : this.#stored(0, outputs, kept, filters, (before - after) * this.outputCount, offset);
      if (isOutput) this.outputEdgeCount = kept;
      else this.filterEdgeCount = kept;
    } else if (overlaps)
      shared = this.#shared(offset) * (before - after) * (isOutput ? this.filterCount : this.outputCount);
    if (isOutput) this.outputCount = after;
    else this.filterCount = after;
    return shared;
  }

  #shared(move: number): number {
    return sharedWords(this.table.axis, this.outputs, this.filters, move);
  }

  /** Stored words that `pairs` tiles share with those `move` words from them; those at the edges of these ranges are among them. */
  #stored(
    outputFrom: number,
    outputTo: number,
    filterFrom: number,
    filterTo: number,
    pairs: number,
    move: number,
  ): number {
    const { outputEdges: outputs, filterEdges: filters } = this;
    const { axis } = this.table;
    const { storedFrom, storedTo } = axis;
    const from = Math.max(0, move);
    const to = Math.min(this.span, this.span + move);
    const whole = pairs - (outputTo - outputFrom) * (filterTo - filterFrom);
    let sum = whole === 0 ? 0 : whole * this.#shared(move);
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

/** How many of the starts of a dim lie before a word. */
function startsBelow(word: number, count: number, pitch: number): number {
  return Math.min(count, Math.max(0, Math.ceil(word / pitch)));
}

/** Lists the starts before the index `low` and from the index `high` on. */
function listEdges(edges: Float64Array, count: number, pitch: number, low: number, high: number): Float64Array {
  const rest = Math.max(low, high);
  const length = low + count - rest;
  const list = edges.length < length ? new Float64Array(2 * length) : edges;
  for (let i = 0; i < low; i++) list[i] = i * pitch;
  for (let i = rest; i < count; i++) list[low + i - rest] = i * pitch;
  return list;
}

/** Moves the starts at index 0 of a loop to the front, in place. @returns how many they are */
function keepFirst(starts: Float64Array, count: number, bound: number, move: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const start = starts[i]!;
    if (Math.floor(start / move) % bound !== 0) continue;
    starts[i] = starts[kept]!;
    starts[kept++] = start;
  }
  return kept;
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
