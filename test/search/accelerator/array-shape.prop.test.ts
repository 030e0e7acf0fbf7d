import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arraySizes, arrayWeights } from '../../../src/search/accelerator/array-shape.ts';
import { product } from '../../../src/util/integers.ts';

const pes = fc.integer({ min: 1, max: 512 }).map((n) => 8 * n);
const weights = fc.array(
  fc.oneof({ weight: 8, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) }, fc.constantFrom(0, 1)),
  { minLength: 1, maxLength: 3 },
);

describe('arraySizes', () => {
  it('gives even sizes whose product is a multiple of 8 and fits', () => {
    fc.assert(
      fc.property(pes, weights, (count, shares) => {
        const sizes = arraySizes(count, shares);
        expect(sizes).toHaveLength(shares.length);
        for (const size of sizes) expect(size % 2 === 0 && size >= 2).toBe(true);
        expect(product(sizes) % 8).toBe(0);
        expect(product(sizes)).toBeLessThanOrEqual(count);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves few PEs unused', () => {
    fc.assert(
      fc.property(pes, weights, (count, shares) => {
        expect(product(arraySizes(count, shares))).toBeGreaterThanOrEqual(0.7 * count);
      }),
      { numRuns: 2000 },
    );
  });

  it('uses all PEs of one axis', () => {
    fc.assert(
      fc.property(pes, fc.double({ min: 0, max: 1, noNaN: true }), (n, w) => {
        expect(arraySizes(n, [w])).toEqual([n]);
      }),
    );
  });

  it('finds sizes again from their weights', () => {
    const sizes = fc
      .array(
        fc.integer({ min: 1, max: 12 }).map((n) => 2 * n),
        { minLength: 1, maxLength: 3 },
      )
      .filter((list) => product(list) % 8 === 0);
    fc.assert(
      fc.property(sizes, (list) => {
        expect(arraySizes(product(list), arrayWeights(list))).toEqual(list);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the larger weight the larger axis', () => {
    expect(arraySizes(168, [1, 1])).toEqual([14, 12]);
    expect(arraySizes(1024, [1, 0.667])).toEqual([64, 16]);
    expect(arraySizes(1024, [0, 1])).toEqual([2, 512]);
    expect(arraySizes(64, [0, 0, 0])).toEqual([4, 4, 4]);
  });
});
