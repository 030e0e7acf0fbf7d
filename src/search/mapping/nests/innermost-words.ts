import { C, G, K, type KernelModel, N, P, Q, R, S } from '../../../cost/kernel/model.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import type { LevelTiles } from '../tiles/level-tiles.ts';
import { axisEntry, type TileLattice } from '../tiles/tile-lattice.ts';

import type { OrderWords } from './order-words.ts';

/**
 * Least words of Inputs into a level when the loops of the level above are known but their order is not. Which dims loop there decides which can be
 * innermost: only loops over K and over dims whose tiles overlap save anything, and only as long as no other loop is further in.
 * Holds for the exact rule and perfect factors; otherwise the least over all dims stands in.
 */
export class InnermostWords {
  /** Least when the innermost loop is irrelevant to Weights, to Inputs, to Outputs; infinite when there is no such loop. */
  weights = 0;
  inputs = 0;
  outputs = 0;
  /** Words without any overlap. */
  full = 0;
  /** Whether the innermost loop decides: under the exact rule with perfect factors. */
  readonly isExact: boolean;
  readonly #lattice: TileLattice;
  readonly #tiles: LevelTiles;
  readonly #plainTotal: number;
  #steps = 0;
  #row = 0;
  #column = 0;
  #rowWords = 0;
  #columnWords = 0;
  #joint = 0;

  readonly #isAnew: boolean;

  /** @param isAnew whether Inputs come anew into the level at every step */
  constructor(model: KernelModel, lattice: TileLattice, tiles: LevelTiles, isAnew = false) {
    this.#isAnew = isAnew;
    this.#lattice = lattice;
    this.#tiles = tiles;
    this.#plainTotal = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
    this.isExact = lattice.factors === 'perfect' && !model.isTimeloop;
  }

  /** Reads the tables for a tile. */
  begin(point: number): void {
    const { rows, columns, joined } = this.#tiles;
    const lattice = this.#lattice;
    this.#row = axisEntry(lattice, rows.axis, point);
    this.#column = axisEntry(lattice, columns.axis, point);
    this.#joint = this.#row * joined.columnCount + this.#column;
    this.#steps = this.#plainTotal * lattice.refetches[1][point]!;
    this.#rowWords = rows.full[this.#row]!;
    this.#columnWords = columns.full[this.#column]!;
    this.full = this.#rowWords * this.#columnWords * this.#steps;
  }

  /**
   * Takes the loops of the level above a tile.
   * @param active bit d set: a loop over dim d
   * @param share steps of K above the level over those above the tile
   */
  measure(point: number, active: number, share: number): void {
    const { inputWords, unrefetched } = this.#tiles;
    if (this.#isAnew) {
      this.#measureAnew(point, active);
      return;
    }
    if (!this.isExact || active === 0) {
      this.weights = inputWords[0][point]!;
      this.inputs = Math.max(inputWords[1][point]! * share, unrefetched[point]!);
      this.outputs = inputWords[2][point]!;
      return;
    }
    this.begin(point);
    const { full } = this;
    let weights = Number.POSITIVE_INFINITY;
    let outputs = Number.POSITIVE_INFINITY;
    let behindK = Number.POSITIVE_INFINITY;
    const hasK = (active & IRRELEVANT[1]) !== 0;
    for (let d = P; d <= S; d++) {
      if (((active >> d) & 1) === 0) continue;
      const words = this.along(d, 1);
      if (d <= Q) weights = Math.min(weights, words);
      else outputs = Math.min(outputs, words);
      if (hasK) behindK = Math.min(behindK, this.along(d, share));
    }
    if (((active >> N) & 1) !== 0) weights = Math.min(weights, full);
    if (((active >> C) & 1) !== 0) outputs = Math.min(outputs, full);
    this.weights = weights;
    this.outputs = outputs;
    if (!hasK) this.inputs = Number.POSITIVE_INFINITY;
    else if (active === IRRELEVANT[1]) this.inputs = Math.max(inputWords[1][point]! * share, unrefetched[point]!);
    else this.inputs = Math.max(Math.min(behindK, full * share), unrefetched[point]!);
  }

  /** Every step takes its tile anew, so that only the loops say which of the three there is. */
  #measureAnew(point: number, active: number): void {
    const full = this.#tiles.allInputs![point]!;
    const wordsOf = (tensor: 0 | 1 | 2) =>
      active === 0 || (active & IRRELEVANT[tensor]) !== 0 ? full : Number.POSITIVE_INFINITY;
    this.full = full;
    this.weights = wordsOf(0);
    this.inputs = wordsOf(1);
    this.outputs = wordsOf(2);
  }

  /** Raises the bounds by the best order of the loops; the padding of all tiles may be among the words that it counts. */
  refine(order: OrderWords, active: number, share: number): void {
    if (!this.isExact) return;
    const { byInnermost, padding } = order;
    if (active === 0) {
      const least = order.least - padding;
      this.weights = Math.max(this.weights, least);
      this.inputs = Math.max(this.inputs, least);
      this.outputs = Math.max(this.outputs, least);
      return;
    }
    const { full } = this;
    let weights = ((active >> N) & 1) !== 0 ? full : Number.POSITIVE_INFINITY;
    let outputs = ((active >> C) & 1) !== 0 ? full : Number.POSITIVE_INFINITY;
    for (let d = P; d <= S; d++) {
      if (((active >> d) & 1) === 0) continue;
      const words = Math.max(this.along(d, 1), byInnermost[d]! - padding);
      if (d <= Q) weights = Math.min(weights, words);
      else outputs = Math.min(outputs, words);
    }
    this.weights = weights;
    this.outputs = outputs;
    if ((active & IRRELEVANT[1]) !== 0) this.inputs = Math.max(this.inputs, byInnermost[K]! - padding * share);
  }

  /** Least words when the innermost loop but K is over a dim; `share`: the part of the steps of K that refetch. */
  along(d: number, share: number): number {
    const { rows, columns, joined } = this.#tiles;
    if (d < P) return this.full * share;
    const steps = this.#steps * share;
    let strip: number;
    let joint: Float64Array;
    if (d === P) {
      strip = rows.outputStrip[this.#row]! * this.#columnWords;
      joint = joined.alongP;
    } else if (d === R) {
      strip = rows.filterStrip[this.#row]! * this.#columnWords;
      joint = joined.alongR;
    } else if (d === Q) {
      strip = columns.outputStrip[this.#column]! * this.#rowWords;
      joint = joined.alongQ;
    } else {
      strip = columns.filterStrip[this.#column]! * this.#rowWords;
      joint = joined.alongS;
    }
    return Math.min(this.full * share, Math.max(strip * steps, joint[this.#joint]! * this.#plainTotal));
  }
}
