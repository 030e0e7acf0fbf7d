import { TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import type { LevelBounds } from '../bounds/tile-bounds.ts';

/** Points of all levels whose tables are kept at most: about 30 MB. */
const MOST_POINTS = 400_000;

/** Tables that are kept; those that were filled in first are forgotten first. */
export class KeptTables {
  /** Points of the tables of a level. */
  readonly #filled = new Map<LevelBounds, number>();
  #points = 0;

  /** Notes that a level was filled in with tables of so many points. */
  add(level: LevelBounds, points: number): void {
    if (this.#filled.has(level)) return;
    this.#filled.set(level, points);
    this.#points += points;
    for (const [oldest, size] of this.#filled) {
      if (this.#points <= MOST_POINTS) break;
      this.#filled.delete(oldest);
      this.#points -= size;
      delete oldest.own;
      delete oldest.tiles;
    }
  }
}

/**
 * Bounds of levels with everything further in, of placements with one spatial choice: many keep the same tensors from some level inwards, and have the same
 * levels serve them from outside.
 */
export class KnownInsides {
  readonly #levels: number;
  readonly #size: number;
  readonly #kept: KeptTables;
  readonly #known = new Map<number, LevelBounds>();

  /** @param size points of the lattice */
  constructor(levels: number, size: number, kept: KeptTables) {
    this.#levels = levels;
    this.#size = size;
    this.#kept = kept;
  }

  /**
   * Whether a placement is hopeless by what is known.
   * @param keep [level]: kept tensors as bits
   * @param isHopeless whether a level's least sum leaves nothing of interest
   */
  isHopeless(keep: Uint8Array, isHopeless: (level: number, sum: number) => boolean): boolean {
    const keys = this.#keysOf(keep);
    for (let level = this.#levels - 1; level >= 1; level--) {
      const sum = this.#known.get(keys[level]!)?.sum;
      if (sum === undefined) return false;
      if (isHopeless(level, sum)) return true;
    }
    return false;
  }

  /** What is known for the levels of a placement, to be filled in from the innermost one outwards. */
  ofPlacement(keep: Uint8Array): (level: number) => LevelBounds {
    const keys = this.#keysOf(keep);
    let last: LevelBounds | null = null;
    return (level) => {
      if (last !== null) this.#kept.add(last, this.#size);
      const own = this.#known.get(keys[level]!) ?? {};
      this.#known.set(keys[level]!, own);
      last = own;
      return own;
    };
  }

  /** [level]: tensors kept from the level inwards, and what serves them there from outside, as a number. */
  #keysOf(keep: Uint8Array): Float64Array {
    const levels = this.#levels;
    const keys = new Float64Array(levels);
    const from = [0, 0, 0];
    for (let level = 1; level < levels; level++) {
      keys[level] = (from[0]! * levels + from[1]!) * levels + from[2]!;
      for (let t = 0; t < TENSOR_COUNT; t++) if (((keep[level]! >> t) & 1) !== 0) from[t] = level;
    }
    let inside = 0;
    const place = levels ** TENSOR_COUNT;
    for (let level = levels - 1; level >= 1; level--) {
      inside = inside * 8 + keep[level]!;
      keys[level] = (inside * place + keys[level]!) * levels + level;
    }
    return keys;
  }
}
