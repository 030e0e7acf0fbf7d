import { ceilDiv, divisors, product } from '../util/integers.ts';

/**
 * The largest product of spatial bounds of one dim over array dimensions with so many free children: a divisor of the dim with perfect
 * factors; with imperfect ones the least product that covers the dim, or all children where they cannot cover it.
 * @param bound of the dim
 * @param rooms free children of each array dimension that is wired for the dim; none: 1
 */
export function fullBound(bound: number, rooms: readonly number[], factors: 'perfect' | 'imperfect'): number {
  const most = product(rooms);
  if (factors === 'imperfect') return most <= bound ? most : leastCover(bound, rooms);
  return divisors(bound).findLast((divisor) => divisor <= most && isSplit(divisor, rooms)) ?? 1;
}

/** Whether a number is a product of one factor per room, each within its room. */
function isSplit(value: number, [room, ...rest]: readonly number[]): boolean {
  if (room === undefined) return value === 1;
  if (rest.length === 0) return value <= room;
  return divisors(value).some((divisor) => divisor <= room && isSplit(value / divisor, rest));
}

/** The least product of one factor per room that is at least `bound`; the rooms together are. */
function leastCover(bound: number, [room, ...rest]: readonly number[]): number {
  if (room === undefined || rest.length === 0) return bound;
  let least = Number.POSITIVE_INFINITY;
  const outer = product(rest);
  for (let own = Math.max(1, ceilDiv(bound, outer)); own <= Math.min(room, bound) && least > bound; own++)
    least = Math.min(least, own * leastCover(ceilDiv(bound, own), rest));
  return least;
}
