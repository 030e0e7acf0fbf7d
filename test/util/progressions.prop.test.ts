import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divisors, primeFactors } from '../../src/util/integers.ts';
import {
  distinctSums,
  elementsBelow,
  floorDiv,
  floorSum,
  leastWindowSum,
  pairsBelow,
} from '../../src/util/progressions.ts';

const size = (most: number) => fc.integer({ min: 1, max: most });
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('sums over progressions without walking them', () => {
  it('equal the walk', () => {
    fc.assert(
      fc.property(
        size(9),
        size(9),
        size(14),
        size(9),
        fc.integer({ min: -3, max: 60 }),
        size(60),
        (s, d, p, r, from, words) => {
          const grid = { steps: [s, d], counts: [p, r] } as const;
          const sums = range(p).flatMap((i) => range(r).map((j) => i * s + j * d));
          const to = from + words;
          const axis = { step: s, count: p };
          expect(elementsBelow(axis, from)).toBe(range(p).filter((i) => i * s < from).length);
          expect(elementsBelow(axis, Number.POSITIVE_INFINITY)).toBe(p);
          expect(pairsBelow(grid, from)).toBe(sums.filter((sum) => sum < from).length);
          expect(pairsBelow(grid, Number.POSITIVE_INFINITY)).toBe(p * r);
          expect(distinctSums(grid, from, to)).toBe(new Set(sums.filter((sum) => sum >= from && sum < to)).size);
          expect(distinctSums(grid, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(new Set(sums).size);
          expect(floorSum(p, s, d, r)).toBe(range(p).reduce((sum, i) => sum + Math.floor((d * i + r) / s), 0));
        },
      ),
    );
  });

  it('of windows cut off at both ends equal the walk', () => {
    const window = fc.record({ from: fc.integer({ min: 0, max: 9 }), words: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        size(7),
        size(20),
        window,
        window,
        window,
        (start, step, count, a, b, c) => {
          const [first, second, stored] = [a, b, { from: c.from, words: 8 * c.words }].map(({ from, words }) => ({
            from,
            to: from + words,
          })) as [Window, Window, Window];
          const words = (at: number, { from, to }: Window) =>
            range(to - from).filter((i) => at + from + i >= stored.from && at + from + i < stored.to).length;
          const walked = range(count)
            .map((i) => start + i * step)
            .reduce((sum, at) => sum + Math.min(words(at, first), words(at, second)), 0);
          expect(leastWindowSum({ start, step, count }, first, second, stored)).toBe(walked);
        },
      ),
    );
  });

  it('take no time and stay exact for extents near 2^53', () => {
    const most = 2 ** 31 - 1;
    const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    expect(distinctSums({ steps: [1, 1], counts: [most, 3] }, ...all)).toBe(most + 2);
    expect(distinctSums({ steps: [2, 1], counts: [most, 1] }, 1, 2 * most - 1)).toBe(most - 1);
    expect(distinctSums({ steps: [3, 2], counts: [2 ** 26, 2 ** 25] }, ...all)).toBe(
      3 * (2 ** 26 - 1) + 2 * (2 ** 25 - 1) + 1 - 2,
    );
    expect(floorDiv(2 ** 53 - 1, 2)).toBe(2 ** 52 - 1);
  });
});

interface Window {
  readonly from: number;
  readonly to: number;
}

describe('divisors', () => {
  it('are all numbers that divide', () => {
    for (let value = 1; value <= 400; value++)
      expect(divisors(value)).toEqual(
        range(value)
          .map((i) => i + 1)
          .filter((divisor) => value % divisor === 0),
      );
  });

  it('of large numbers come from their prime factors', () => {
    expect(divisors(2 ** 31 - 1)).toEqual([1, 2 ** 31 - 1]);
    expect(primeFactors(720_720 * 1009)).toEqual(
      [
        [2, 4],
        [3, 2],
        [5, 1],
        [7, 1],
        [11, 1],
        [13, 1],
        [1009, 1],
      ].map(([prime, power]) => ({ prime, power })),
    );
    expect(divisors(2 ** 52)).toEqual(range(53).map((i) => 2 ** i));
  });
});
