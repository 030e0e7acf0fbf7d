import { ceilDiv } from '../../../util/integers.ts';

/** Tile extents of a dim, ascending; the last is everything. */
export interface RaggedExtents {
  readonly extents: readonly number[];
  /** False where they are too many to list and a choice stands for them. */
  readonly isComplete: boolean;
}

/** Extents of one dim that are listed at most: tables and boxes are made over all of them. */
const MOST_EXTENTS = 8_000;

/**
 * Tile extents of a dim with imperfect factors: those of chains without slack, in which no bound can shrink while the bounds outside it stay as
 * they are and everything is still covered. A smaller bound with the same bounds outside takes less time and room and makes the same
 * live steps, so nothing is lost where input tiles cannot overlap or be clipped by padding and blocks hold one word; elsewhere slack can
 * shift a tile's edge in its favour, and such mappings are not part of the mapspace.
 * Everything that covers the dim counts as one extent, `steps`. Of a dim with very many extents those without a prime above 3 are listed:
 * they are spread evenly over all magnitudes, and chains lead through all of them.
 */
export function raggedExtents(steps: number, levelCount: number): RaggedExtents {
  const found = new Set([steps]);
  let inner = new Set([1]);
  for (let level = levelCount - 1; level >= 1; level--) {
    const own = new Set<number>();
    for (const extent of inner) {
      for (const bound of ceilingQuotients(ceilDiv(steps, extent))) if (extent * bound < steps) own.add(extent * bound);
      if (own.size > MOST_EXTENTS) return { extents: smoothExtents(steps), isComplete: false };
    }
    for (const extent of own) found.add(extent);
    inner = own.size === 0 ? inner : own;
  }
  return found.size > MOST_EXTENTS
    ? { extents: smoothExtents(steps), isComplete: false }
    : { extents: [...found].sort((a, b) => a - b), isComplete: true };
}

/** Products of 2 and 3 below a number, and the number. */
function smoothExtents(steps: number): number[] {
  const extents: number[] = [];
  for (let threes = 1; threes < steps; threes *= 3) for (let twos = threes; twos < steps; twos *= 2) extents.push(twos);
  return [...extents.sort((a, b) => a - b), steps];
}

/** Distinct values of ceil(value / n), n = 1, 2, ...; about twice the root of the value. */
function ceilingQuotients(value: number): number[] {
  const found: number[] = [];
  for (let n = 1; ; ) {
    const quotient = ceilDiv(value, n);
    found.push(quotient);
    if (quotient === 1) return found;
    n = Math.floor((value - 1) / (quotient - 1)) + 1;
  }
}
