import { DIM_COUNT, INPUTS, K, OUTPUTS, P, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { transferRules } from '../bounds/transfer-rules.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import { STATIONARY_FOR } from '../space/loop-orders.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import { canCoincide, distinctShare } from '../tiles/input-share.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';
import { axisEntry } from '../tiles/tile-lattice.ts';
import { InnermostWords } from './innermost-words.ts';
import { InputsWalk } from './inputs-walk.ts';
import type { Depth } from './partial-nest.ts';

/** Traffic of Inputs under the loops chosen so far. */
export class InputTraffic {
  readonly #walk = new InputsWalk();
  readonly #placement: CompiledPlacement;
  readonly #depths: readonly Depth[];
  readonly #innermost: readonly InnermostWords[];
  /** [level]: whether Inputs come anew into the level at every step. */
  readonly #anew: readonly boolean[];

  constructor(placement: CompiledPlacement, depths: readonly Depth[]) {
    this.#placement = placement;
    this.#depths = depths;
    const { model, lattice, tiles, keep } = placement;
    this.#innermost = tiles.map((own) => new InnermostWords(model, lattice, own));
    this.#anew = Array.from(keep, (_, level) => transferRules(model, keep, level).inputsAnew);
  }

  /** Words of Inputs that all children on a level receive, copies along spatial K left out. */
  words(inner: number, tiles: LevelTiles, unclippedRows = false, unclippedColumns = false): number {
    const { model, lattice, spatial } = this.#placement;
    const { digits, values, above } = lattice;
    if (this.#anew[inner]) return this.#allWords(inner, tiles, unclippedRows, unclippedColumns);
    if ((model.isTimeloop && this.#placement.sliding !== 0) || lattice.factors === 'imperfect')
      return this.leastWords(inner, tiles);
    const walk = this.#walk;
    walk.begin(model, tiles, lattice, this.#depths[inner]!.point, unclippedRows, unclippedColumns);
    for (let level = inner; level >= 1; level--) {
      const outer = this.#depths[level - 1]!.point * DIM_COUNT;
      const own = this.#depths[level]!.point * DIM_COUNT;
      for (const d of this.#depths[level]!.order) {
        const bound = above[d]![digits[own + d]!]! / above[d]![digits[outer + d]!]!;
        let step = values[d]![digits[own + d]!]!;
        if (d >= P) step *= childrenAlong(spatial, d, level - 1);
        if (!walk.take(d, bound, step)) return walk.words;
      }
    }
    return walk.words;
  }

  /** Words of all tiles, where every step takes its tile anew. */
  #allWords(inner: number, tiles: LevelTiles, unclippedRows: boolean, unclippedColumns: boolean): number {
    const { lattice } = this.#placement;
    const { point } = this.#depths[inner]!;
    const all = tiles.allInputs![point]!;
    if (!(unclippedRows || unclippedColumns)) return all;
    const digits = point * DIM_COUNT;
    let words = all;
    for (const { axis, words: ofTile, full, outputTiles, filterTiles } of [tiles.rows, tiles.columns]) {
      if (!(axis === tiles.rows.axis ? unclippedRows : unclippedColumns)) continue;
      const entry = axisEntry(lattice, axis, point);
      const tileCount =
        outputTiles[lattice.digits[digits + axis.output]!]! * filterTiles[lattice.digits[digits + axis.filter]!]!;
      words *= (ofTile[entry]! * tileCount) / full[entry]!;
    }
    return words;
  }

  /** Least words under the order of the loops by a shorter count: new words with padding, less the padding of all tiles. */
  leastOrderWords(inner: number): number {
    const { model, lattice, tiles } = this.#placement;
    if (lattice.factors === 'imperfect' || this.#anew[inner] || !(model.rows.padded || model.columns.padded)) return 0;
    return this.words(inner, tiles[inner]!, true, true) - this.#walk.padding;
  }

  /**
   * Least share when padding is skipped: tiles that coincide are clipped alike, and what the distinct ones lose is no more than what all
   * children lose. An axis along which none coincide is clipped alike for all.
   */
  paddedShare(share: number, inner: number, words: number): number {
    const { model, spatial, tiles, costs, lattice } = this.#placement;
    const server = costs.server[inner * TENSOR_COUNT + INPUTS]!;
    const rows = model.rows.padded && canCoincide(model, spatial, model.rows, server, inner);
    const columns = model.columns.padded && canCoincide(model, spatial, model.columns, server, inner);
    if (!(rows || columns) || words <= 0) return share;
    const least = costs.inputShare[inner]! * (tiles[inner]!.shareRatios?.[this.#depths[inner]!.point] ?? 1);
    // At ragged bounds the words are themselves a bound, and what padding takes off them is not known.
    if (lattice.factors === 'imperfect' || least >= share * (1 - 1e-12)) return least;
    const unclipped = this.words(inner, tiles[inner]!, rows, columns);
    return Math.max(least, (share * unclipped - (unclipped - words)) / words);
  }

  /** Least words of Inputs by the innermost loop; all that is known under Timeloop's rule where tiles overlap. */
  leastWords(inner: number, tiles: LevelTiles): number {
    const { point, order } = this.#depths[inner]!;
    if (this.#anew[inner]) return tiles.allInputs![point]!;
    const d = order[0];
    if (d === undefined) return tiles.unrefetched[point]!;
    const { above, digits, refetches } = this.#placement.lattice;
    const outer = this.#depths[inner - 1]!.point * DIM_COUNT;
    const shareOfK = above[K]![digits[outer + K]!]! / refetches[1][point]!;
    const innermost = this.#innermost[inner]!;
    if (innermost.isExact) {
      if (d === K && order.length === 1) return tiles.unrefetched[point]!;
      innermost.begin(point);
      if (d !== K) return innermost.along(d, 1);
      return innermost.along(order[1]!, shareOfK);
    }
    const stationary = STATIONARY_FOR[d]!;
    if (stationary === WEIGHTS || stationary === OUTPUTS) return tiles.inputWords[stationary as 0 | 2][point]!;
    if (d !== K) return tiles.inputWords[1][point]!;
    return order.length === 1 ? tiles.unrefetched[point]! : tiles.inputWords[1][point]! * shareOfK;
  }

  /** Ratio of distinct tiles of Inputs to children along the levels from `from` to `to` (exclusive), copies along K left out. */
  share(from: number, to: number): number {
    const { model, spatial, lattice } = this.#placement;
    let share = 1;
    for (let level = from; level < to; level++) {
      if (((model.multicast[level]! >> INPUTS) & 1) === 0) continue;
      const digits = this.#depths[level + 1]!.point * DIM_COUNT;
      for (const axis of [model.rows, model.columns]) {
        const m = spatial[level * DIM_COUNT + axis.output]!;
        const n = spatial[level * DIM_COUNT + axis.filter]!;
        if (m === 1 || n === 1) continue;
        const outputSteps = lattice.values[axis.output]![lattice.digits[digits + axis.output]!]!;
        const filterSteps = lattice.values[axis.filter]![lattice.digits[digits + axis.filter]!]!;
        share *= distinctShare({
          outputs: m,
          filters: n,
          outputMove: axis.stride * outputSteps * childrenAlong(spatial, axis.output, level + 1),
          filterMove: axis.dilation * filterSteps * childrenAlong(spatial, axis.filter, level + 1),
        });
      }
    }
    return share;
  }
}
