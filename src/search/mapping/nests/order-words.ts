import { C, DIM_COUNT, G, K, type KernelModel, N } from '../../../cost/kernel/model.ts';
import { sharedWords } from '../../../cost/kernel/sliding/axis-tiles.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';
import { axisEntry } from '../tiles/tile-lattice.ts';
import type { Depth } from './partial-nest.ts';

/** Dims whose loops can save words of Inputs: K and the four of the sliding axes. */
const MOST_CHAIN_DIMS = 5;
const SETS = 1 << MOST_CHAIN_DIMS;

/**
 * Least words of Inputs into a level over all orders of the loops just above it, by the innermost one, with padding counted. What a loop saves
 * depends on which loops are inside it, not on their order; so the best order is a best path through the sets of loops, found from the full
 * set backwards. The orders of the levels further out are known.
 */
export class OrderWords {
  /** [dim]: least words when the loop over the dim is innermost, of those that loop. */
  readonly byInnermost: Float64Array = new Float64Array(DIM_COUNT);
  /** Words when nothing loops, or when all loops run in the best order. */
  least = 0;
  /** Padding in all tiles, refetched like those. */
  padding = 0;
  readonly #placement: CompiledPlacement;
  readonly #depths: readonly Depth[];
  readonly #tiles: LevelTiles;
  readonly #inner: number;
  readonly #plainTotal: number;
  readonly #isRow: Uint8Array = new Uint8Array(DIM_COUNT);
  /** [dim]: words that one step of a loop over the dim moves, per step of the tile. */
  readonly #pitch: Float64Array;
  /** [set]: words that the loops of the set moved when they wrap, on either axis; tiles left; most words saved by the loops outside it. */
  readonly #rowWrap: Float64Array = new Float64Array(SETS);
  readonly #columnWrap: Float64Array = new Float64Array(SETS);
  readonly #left: Float64Array = new Float64Array(SETS);
  readonly #saved: Float64Array = new Float64Array(SETS);
  readonly #dims: Uint8Array = new Uint8Array(MOST_CHAIN_DIMS);
  readonly #bounds: Float64Array = new Float64Array(MOST_CHAIN_DIMS);
  readonly #moves: Float64Array = new Float64Array(MOST_CHAIN_DIMS);
  /** Extents of the tile on rows and on columns. */
  #rowOutputs = 1;
  #rowFilters = 1;
  #columnOutputs = 1;
  #columnFilters = 1;

  /** @param inner the level that the words go into */
  constructor(placement: CompiledPlacement, depths: readonly Depth[], inner: number) {
    const { model, tiles, spatial } = placement;
    this.#placement = placement;
    this.#depths = depths;
    this.#inner = inner;
    this.#tiles = tiles[inner]!;
    this.#plainTotal = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
    this.#pitch = pitches(model, spatial);
    this.#isRow[model.rows.output] = 1;
    this.#isRow[model.rows.filter] = 1;
  }

  /**
   * Takes a tile and the dims that loop just above it.
   * @param active bit d set: a loop over dim d
   */
  measure(point: number, active: number): void {
    const { lattice, model } = this.#placement;
    const { values, digits, above } = lattice;
    const { rows, columns } = this.#tiles;
    const own = point * DIM_COUNT;
    const outer = this.#depths[this.#inner - 1]!.point * DIM_COUNT;
    const p = digits[own + model.rows.output]!;
    const r = digits[own + model.rows.filter]!;
    const q = digits[own + model.columns.output]!;
    const s = digits[own + model.columns.filter]!;
    const row = axisEntry(lattice, model.rows, point);
    const column = axisEntry(lattice, model.columns, point);
    this.#rowOutputs = rows.outputs[p]!;
    this.#rowFilters = rows.filters[r]!;
    this.#columnOutputs = columns.outputs[q]!;
    this.#columnFilters = columns.filters[s]!;
    const rowTiles = rows.outputTiles[p]! * rows.filterTiles[r]!;
    const columnTiles = columns.outputTiles[q]! * columns.filterTiles[s]!;
    const tiles = this.#plainTotal * above[K]![digits[own + K]!]! * rowTiles * columnTiles;
    const full = tiles * rows.words[row]! * columns.words[column]!;
    this.padding = full - (tiles / (rowTiles * columnTiles)) * rows.full[row]! * columns.full[column]!;
    let count = 0;
    for (let d: number = K; d < DIM_COUNT; d++) {
      if (((active >> d) & 1) === 0 || d === C) continue;
      this.#dims[count] = d;
      this.#bounds[count] = above[d]![digits[own + d]!]! / above[d]![digits[outer + d]!]!;
      this.#moves[count] =
        d === K ? 0 : values[d]![digits[own + d]!]! * this.#pitch[(this.#inner - 1) * DIM_COUNT + d]!;
      count++;
    }
    const last = (1 << count) - 1;
    this.#rowWrap[0] = this.#columnWrap[0] = 0;
    this.#left[0] = tiles;
    for (let set = 1; set <= last; set++) {
      const i = 31 - Math.clz32(set);
      const rest = set & ~(1 << i);
      const wrap = (this.#bounds[i]! - 1) * this.#moves[i]!;
      const isRow = this.#isRow[this.#dims[i]!] === 1;
      this.#rowWrap[set] = this.#rowWrap[rest]! + (isRow ? wrap : 0);
      this.#columnWrap[set] = this.#columnWrap[rest]! + (isRow ? 0 : wrap);
      this.#left[set] = this.#left[rest]! / this.#bounds[i]!;
    }
    const hasBreakers = (active & BREAKERS) !== 0;
    this.#saved[last] = hasBreakers ? 0 : this.#savedFurtherOut(last);
    for (let set = last - 1; set >= 0; set--) {
      let most = 0;
      for (let i = 0; i < count; i++) {
        if (((set >> i) & 1) !== 0) continue;
        const saved = this.#saving(set, i) + this.#saved[set | (1 << i)]!;
        if (set === 0) this.byInnermost[this.#dims[i]!] = full - saved;
        if (saved > most) most = saved;
      }
      this.#saved[set] = most;
    }
    this.least = full - this.#saved[0]!;
  }

  /** Words that the i-th loop saves when exactly the loops of the set are inside it. */
  #saving(set: number, i: number): number {
    return this.#savingOf(
      this.#dims[i]!,
      this.#bounds[i]!,
      this.#moves[i]!,
      this.#rowWrap[set]!,
      this.#columnWrap[set]!,
      this.#left[set]!,
    );
  }

  #savingOf(d: number, bound: number, move: number, rowWrap: number, columnWrap: number, left: number): number {
    const { rows, columns } = this.#placement.model;
    const isRow = this.#isRow[d] === 1;
    const height = sharedWords(rows, this.#rowOutputs, this.#rowFilters, isRow ? rowWrap - move : rowWrap);
    if (height === 0) return 0;
    const shift = isRow || d === K ? columnWrap : columnWrap - move;
    const width = sharedWords(columns, this.#columnOutputs, this.#columnFilters, shift);
    return left * (1 - 1 / bound) * height * width;
  }

  /** Words that the loops of the levels further out save when all loops of this level are inside them. */
  #savedFurtherOut(set: number): number {
    const { lattice } = this.#placement;
    const { values, digits, above } = lattice;
    let rowWrap = this.#rowWrap[set]!;
    let columnWrap = this.#columnWrap[set]!;
    let left = this.#left[set]!;
    let saved = 0;
    for (let level = this.#inner - 1; level >= 1; level--) {
      const own = this.#depths[level]!.point * DIM_COUNT;
      const outer = this.#depths[level - 1]!.point * DIM_COUNT;
      for (const d of this.#depths[level]!.order) {
        if (((BREAKERS >> d) & 1) !== 0) return saved;
        const bound = above[d]![digits[own + d]!]! / above[d]![digits[outer + d]!]!;
        const move = d === K ? 0 : values[d]![digits[own + d]!]! * this.#pitch[(level - 1) * DIM_COUNT + d]!;
        saved += this.#savingOf(d, bound, move, rowWrap, columnWrap, left);
        left /= bound;
        if (this.#isRow[d] === 1) rowWrap += (bound - 1) * move;
        else columnWrap += (bound - 1) * move;
      }
    }
    return saved;
  }
}

/** Dims whose loops change every word: N, G, C. */
const BREAKERS = (1 << N) | (1 << G) | (1 << C);

/** [level * 8 + dim]: words that Inputs move per step of a tile when a loop of the level advances. */
function pitches(model: KernelModel, spatial: Float64Array): Float64Array {
  const pitch = new Float64Array(model.levelCount * DIM_COUNT);
  for (let level = 0; level < model.levelCount; level++)
    for (const axis of [model.rows, model.columns])
      for (const d of [axis.output, axis.filter]) {
        const pitchOfOne = d === axis.output ? axis.stride : axis.dilation;
        pitch[level * DIM_COUNT + d] = pitchOfOne * childrenAlong(spatial, d, level);
      }
  return pitch;
}
