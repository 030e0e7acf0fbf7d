/** Prime factors of a positive integer with their powers, ascending. Time grows with the root of the value. */
export function primeFactors(value: number): { readonly prime: number; readonly power: number }[] {
  const factors: { prime: number; power: number }[] = [];
  let rest = value;
  for (let prime = 2; prime * prime <= rest; prime += prime === 2 ? 1 : 2) {
    let power = 0;
    for (; rest % prime === 0; power++) rest /= prime;
    if (power > 0) factors.push({ prime, power });
  }
  if (rest > 1) factors.push({ prime: rest, power: 1 });
  return factors;
}

/** Divisors of a positive integer, ascending. */
export function divisors(value: number): number[] {
  let all = [1];
  for (const { prime, power } of primeFactors(value)) {
    const powers = Array.from({ length: power + 1 }, (_, i) => prime ** i);
    all = all.flatMap((divisor) => powers.map((factor) => divisor * factor));
  }
  return all.sort((a, b) => a - b);
}

/** ceil(a / b) for non-negative integers below 2^53. */
export function ceilDiv(a: number, b: number): number {
  return Math.floor((a + b - 1) / b);
}

/** Product of numbers; 1 for none. */
export function product(values: Iterable<number>): number {
  let result = 1;
  for (const value of values) result *= value;
  return result;
}

/** A line of `count` items folded into as few lines of at most `most` as can be, all of one length but the last, which has `last`; both >= 1. */
export function foldedLine(count: number, most: number): { lines: number; perLine: number; last: number } {
  const lines = ceilDiv(count, most);
  const perLine = ceilDiv(count, lines);
  return { lines, perLine, last: count - (lines - 1) * perLine };
}

/** Greatest common divisor of two positive integers. */
export function greatestCommonDivisor(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

/** All subsets of a list, the empty one first; each in the order of the list. */
export function subsets<T>(of: readonly T[]): T[][] {
  return of.reduce<T[][]>((all, one) => all.flatMap((set) => [set, [...set, one]]), [[]]);
}
