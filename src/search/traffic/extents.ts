import { ceilDiv, divisors } from '../../util/integers.ts';

/** Whether loop bounds divide their dims. */
export type TileFactors = 'perfect' | 'imperfect';

/**
 * Extents of tiles along a dim that matter where tiles neither overlap nor are clipped, ascending: every divisor; with imperfect factors the least extent
 * of each number of steps, as larger ones take more room for the same traffic.
 */
export function plainExtents(bound: number, factors: TileFactors): readonly number[] {
  if (factors === 'perfect') return divisors(bound);
  const found: number[] = [];
  for (let extent = bound; ; ) {
    const least = ceilDiv(bound, ceilDiv(bound, extent));
    found.push(least);
    if (least === 1) return found.reverse();
    extent = least - 1;
  }
}

/** All extents of tiles along a dim, ascending: also those that do not shrink though they could, which padding may favour. */
export function allExtents(bound: number, factors: TileFactors): readonly number[] {
  return factors === 'perfect' ? divisors(bound) : Array.from({ length: bound }, (_, i) => i + 1);
}
