import { ceilDiv } from '../../../util/integers.ts';

/**
 * Tile extents of a dim with imperfect factors: those of chains without slack, in which no bound can shrink while the bounds outside it stay as
 * they are and everything is still covered. A smaller bound with the same bounds outside takes less time and room and makes the same
 * live steps, so nothing is lost where input tiles cannot overlap or be clipped by padding and blocks hold one word; elsewhere slack can
 * shift a tile's edge in its favour, and such mappings are not part of the mapspace.
 * Everything that covers the dim counts as one extent, `steps`.
 */
export function raggedExtents(steps: number, levelCount: number): number[] {
  const found = new Set([steps]);
  let inner = new Set([1]);
  for (let level = levelCount - 1; level >= 1; level--) {
    const own = new Set<number>();
    for (const extent of inner)
      for (const bound of ceilingQuotients(ceilDiv(steps, extent))) if (extent * bound < steps) own.add(extent * bound);
    for (const extent of own) found.add(extent);
    inner = own.size === 0 ? inner : own;
  }
  return [...found].sort((a, b) => a - b);
}

/** Distinct values of ceil(value / n), n = 1, 2, ... */
function ceilingQuotients(value: number): number[] {
  const found = new Set<number>();
  for (let n = 1; n <= value; n++) found.add(ceilDiv(value, n));
  return [...found];
}
