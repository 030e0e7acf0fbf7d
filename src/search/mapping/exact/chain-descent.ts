import { DIM_COUNT, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { ceilDiv } from '../../../util/integers.ts';
import type { Mapspace, Placement } from '../mapspace.ts';
import { tightBounds } from '../space/axis-bounds.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import type { ScoreTiling } from './scorer.ts';

/** Rounds over all moves at most; a descent ends before, where a round brings nothing. */
const MOST_ROUNDS = 12;

/** How many tight bounds further a dim shrinks, and another one grows, when they change together. */
const SHRINKS = [1, 2] as const;
const GROWTHS = [1, 2, 3, 4] as const;

/** Where a descent is: everything but the spatial choice. */
export interface Place {
  /** [level * 8 + dim]: temporal bounds; the outermost level takes what is left. */
  readonly bounds: Float64Array;
  /** [level * 8 + i]: dims from the outermost loop inwards. */
  readonly orders: Uint8Array;
  /** [level]: kept tensors. */
  readonly keep: Uint8Array;
}

/**
 * Improves mappings with imperfect factors move by move under one spatial choice: a bound without slack for another, with the tile further out as large
 * as before or as many times larger; one dim of a tile for another; the tensor that stands still at a level; the levels that keep a tensor. Every
 * mapping on the way is one of the mapspace, as long as constraints fix neither temporal bounds nor orders.
 */
export class ChainDescent {
  readonly #mapspace: Mapspace;
  readonly #score: ScoreTiling;
  readonly #levels: number;
  readonly #tight = new Map<number, readonly number[]>();
  /** [dim]: temporal steps. */
  readonly #steps: Float64Array = new Float64Array(DIM_COUNT);
  #choice: Placement['choice'] | null = null;
  #at: Place = { bounds: new Float64Array(0), orders: new Uint8Array(0), keep: new Uint8Array(0) };
  #value = Number.POSITIVE_INFINITY;

  constructor(mapspace: Mapspace, score: ScoreTiling) {
    this.#mapspace = mapspace;
    this.#score = score;
    this.#levels = mapspace.model.levelCount;
  }

  /**
   * Descends from the least tiles of a placement.
   * @param start other tiles to begin with
   * @returns the value where no move helps any more; infinite when nothing legal was met
   */
  run({ choice, keep }: Placement, start?: Pick<Place, 'bounds' | 'orders'>): number {
    this.#choice = choice;
    for (let d = 0; d < DIM_COUNT; d++)
      this.#steps[d] = ceilDiv(this.#mapspace.model.bounds[d]!, childrenAlong(choice.bounds, d));
    this.#at = start === undefined ? leastTiles(this.#levels, keep) : { ...start, keep };
    for (let d = 0; d < DIM_COUNT; d++) this.#settle(this.#at.bounds, d, this.#levels - 1);
    this.#value = this.#valueOf(this.#at);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const before = this.#value;
      for (let level = this.#levels - 1; level >= 1; level--) {
        for (let d = 0; d < DIM_COUNT; d++) if (this.#steps[d]! > 1) this.#alongDim(d, level);
        this.#alongOrders(level - 1);
        this.#exchange(level);
      }
      this.#alongKeeps();
      if (!(this.#value < before * (1 - 1e-9))) break;
    }
    return this.#value;
  }

  /** Tries all tight bounds of a dim at a level. */
  #alongDim(d: number, level: number): void {
    for (const bound of this.#tightOf(this.#leftAt(d, level)))
      for (const keepsOuter of level > 1 ? [false, true] : [false]) this.#tryBounds(level, keepsOuter, [[d, bound]]);
  }

  /** Shrinks one dim of a level's tile and lets another one grow. */
  #exchange(level: number): void {
    for (let up = 0; up < DIM_COUNT; up++) {
      if (this.#steps[up]! === 1) continue;
      for (let down = 0; down < DIM_COUNT; down++) {
        if (down === up || this.#at.bounds[level * DIM_COUNT + down]! === 1) continue;
        for (const shrink of SHRINKS)
          for (const growth of GROWTHS) {
            const smaller = this.#neighbour(down, level, -shrink);
            const larger = this.#neighbour(up, level, growth);
            if (smaller === undefined || larger === undefined) break;
            const changes = [
              [up, larger],
              [down, smaller],
            ] as const;
            if (level > 1) this.#tryBounds(level, true, changes);
            this.#tryBounds(level, false, changes);
          }
      }
    }
  }

  /** Lets each tensor in turn stand still at a level. */
  #alongOrders(level: number): void {
    for (const mask of IRRELEVANT) {
      const orders = this.#at.orders.slice();
      const own = orders.subarray(level * DIM_COUNT, (level + 1) * DIM_COUNT);
      own.set([...own.filter((d) => ((mask >> d) & 1) === 0), ...own.filter((d) => ((mask >> d) & 1) !== 0)]);
      this.#accept({ ...this.#at, orders });
    }
  }

  /** Tries the other levels that can keep a tensor. */
  #alongKeeps(): void {
    const { patterns, keepOf } = this.#mapspace.keeps;
    for (let t = 0; t < TENSOR_COUNT; t++)
      for (const pattern of patterns[t]!) {
        const { keep } = this.#at;
        const own = patterns.map((_, tensor) =>
          tensor === t ? pattern : keep.reduce((bits, kept, level) => bits | (((kept >> tensor) & 1) << level), 0),
        );
        this.#accept({ ...this.#at, keep: keepOf.call(this.#mapspace.keeps, own) });
      }
  }

  /** @param keepsOuter whether the tile of the next level out stays about as large */
  #tryBounds(level: number, keepsOuter: boolean, changes: readonly (readonly [number, number])[]): void {
    const bounds = this.#at.bounds.slice();
    for (const [d, bound] of changes) {
      const at = level * DIM_COUNT + d;
      if (keepsOuter) bounds[at - DIM_COUNT] = Math.ceil((bounds[at - DIM_COUNT]! * bounds[at]!) / bound);
      bounds[at] = bound;
      this.#settle(bounds, d, level);
    }
    this.#accept({ ...this.#at, bounds });
  }

  #accept(place: Place): void {
    const value = this.#valueOf(place);
    if (!(value < this.#value)) return;
    this.#value = value;
    this.#at = place;
  }

  /** Takes the slack out of the bounds of a dim from a level outwards; each gets the least value with no more rounds. */
  #settle(bounds: Float64Array, d: number, from: number): void {
    let left = this.#leftAt(d, from, bounds);
    for (let level = from; level >= 1; level--) {
      const at = level * DIM_COUNT + d;
      const rounds = ceilDiv(left, Math.min(left, Math.max(1, bounds[at]!)));
      bounds[at] = ceilDiv(left, rounds);
      left = rounds;
    }
    bounds[d] = left;
  }

  /** Steps of a dim that the levels inside leave. */
  #leftAt(d: number, level: number, bounds = this.#at.bounds): number {
    let left = this.#steps[d]!;
    for (let inner = this.#levels - 1; inner > level; inner--) left = ceilDiv(left, bounds[inner * DIM_COUNT + d]!);
    return left;
  }

  #neighbour(d: number, level: number, by: number): number | undefined {
    const tight = this.#tightOf(this.#leftAt(d, level));
    return tight[tight.indexOf(this.#at.bounds[level * DIM_COUNT + d]!) + by];
  }

  #tightOf(left: number): readonly number[] {
    const known = this.#tight.get(left) ?? tightBounds(left, left);
    this.#tight.set(left, known);
    return known;
  }

  #valueOf({ bounds, orders, keep }: Place): number {
    const loops = Array.from({ length: this.#levels }, (_, level) => {
      const own: [number, number][] = [];
      for (let i = 0; i < DIM_COUNT; i++) {
        const d = orders[level * DIM_COUNT + i]!;
        const bound = bounds[level * DIM_COUNT + d]!;
        if (bound > 1) own.push([d, bound]);
      }
      return own;
    });
    return this.#score({ choice: this.#choice!, keep }, { loops });
  }
}

function leastTiles(levels: number, keep: Uint8Array): Place {
  return {
    bounds: new Float64Array(levels * DIM_COUNT).fill(1),
    orders: Uint8Array.from({ length: levels * DIM_COUNT }, (_, i) => i % DIM_COUNT),
    keep,
  };
}
