/** Divisors of a positive integer, ascending. */
export function divisors(value: number): number[] {
  const low: number[] = [];
  const high: number[] = [];
  for (let d = 1; d * d <= value; d++) {
    if (value % d !== 0) continue;
    low.push(d);
    if (d * d !== value) high.push(value / d);
  }
  return low.concat(high.reverse());
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
