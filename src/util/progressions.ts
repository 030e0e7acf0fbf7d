import { greatestCommonDivisor } from './integers.ts';

/**
 * Counts and sums over arithmetic progressions that do not walk them, so that time does not grow with their length. All arguments are integers
 * below 2^53.
 */

/** Quotient of non-negative integers, rounded down; exact, which `Math.floor(a / b)` is not near 2^53. */
export function floorDiv(a: number, b: number): number {
  return (a - (a % b)) / b;
}

/** Sum of floor((a * i + b) / m) over i = 0 .. n - 1, for a, b >= 0 and m > 0 (the Euclidean algorithm on a and m). */
export function floorSum(n: number, m: number, a: number, b: number): number {
  let sum = 0;
  let [count, modulus, factor, offset] = [n, m, a, b];
  while (count > 0) {
    sum += ((count - 1) / 2) * count * floorDiv(factor, modulus) + count * floorDiv(offset, modulus);
    factor %= modulus;
    offset %= modulus;
    const end = factor * count + offset;
    if (end < modulus) break;
    [count, offset, modulus, factor] = [floorDiv(end, modulus), end % modulus, factor, modulus];
  }
  return sum;
}

/** Elements below `limit`, which may be infinite, of a progression that starts at 0. */
export function elementsBelow({ step, count }: Omit<Progression, 'start'>, limit: number): number {
  if (limit <= 0) return 0;
  return limit > (count - 1) * step ? count : floorDiv(limit + step - 1, step);
}

/** Two progressions that start at 0. */
export interface Grid {
  /** Least distance of their elements; > 0. */
  readonly steps: readonly [number, number];
  readonly counts: readonly [number, number];
}

/** Pairs of elements, one of each progression, whose sum is below `limit`, which may be infinite. */
export function pairsBelow({ steps: [s, d], counts: [p, r] }: Grid, limit: number): number {
  if (p <= 0 || r <= 0 || limit <= 0) return 0;
  if (limit > (p - 1) * s + (r - 1) * d) return p * r;
  const some = Math.min(r, floorDiv(limit + d - 1, d));
  const beyond = limit - (p - 1) * s;
  const all = beyond <= 0 ? 0 : Math.min(some, floorDiv(beyond + d - 1, d));
  const rest = some - all;
  return all * p + floorSum(rest, s, d, limit - (some - 1) * d + s - 1);
}

/** Distinct sums of two elements, one of each progression, that lie in [from, to); both may be infinite. */
export function distinctSums(grid: Grid, from: number, to: number): number {
  const [s, d] = grid.steps;
  const [p, r] = grid.counts;
  const divisor = greatestCommonDivisor(s, d);
  // (i, j) and (i + d / divisor, j - s / divisor) have equal sums: of each chain the pair with the least j counts.
  const repeated: Grid = { steps: grid.steps, counts: [p - d / divisor, r - s / divisor] };
  const shift = (s / divisor) * d;
  const below = (limit: number) => pairsBelow(grid, limit) - pairsBelow(repeated, limit - shift);
  return below(to) - below(from);
}

/** A window [from, to) that moves with an element. */
export interface MovingWindow {
  readonly from: number;
  readonly to: number;
}

/** A progression. */
export interface Progression {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * Sum over a progression of the words of [stored.from, stored.to) in one of two windows that move with the element, in the one that has fewer. Only
 * elements whose windows lie across an end are looked at one by one.
 */
export function leastWindowSum(
  { start, step, count }: Progression,
  a: MovingWindow,
  b: MovingWindow,
  stored: MovingWindow,
): number {
  const words = (at: number) => Math.min(inside(at, a, stored), inside(at, b, stored));
  const first = Math.min(a.from, b.from);
  const last = Math.max(a.to, b.to);
  const indexFrom = (at: number) => Math.min(count, Math.max(0, Math.ceil((at - start) / step)));
  // Elements that have not left the lower end behind, from which nothing is cut off, and that reach the upper end.
  const entering = indexFrom(stored.from - last + 1);
  const whole = indexFrom(stored.from - first);
  const cut = Math.max(whole, indexFrom(stored.to - last + 1));
  const left = Math.max(whole, indexFrom(stored.to - first));
  let sum = (cut - whole) * Math.max(0, Math.min(a.to - a.from, b.to - b.from));
  for (let i = entering; i < whole; i++) sum += words(start + i * step);
  for (let i = cut; i < left; i++) sum += words(start + i * step);
  return sum;
}

function inside(at: number, window: MovingWindow, stored: MovingWindow): number {
  return Math.max(0, Math.min(at + window.to, stored.to) - Math.max(at + window.from, stored.from));
}
