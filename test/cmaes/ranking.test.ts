import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignWeights, compareRanked, type Ranked, rankOrder } from '../../src/cmaes/ranking.ts';

const value = fc.oneof(
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1),
  fc.double(),
);
const ranked: fc.Arbitrary<Ranked> = fc.record({ value, violation: fc.constantFrom(0, 0, 0.5, 2) });

describe('ranking', () => {
  it('is a total order: feasible first, then by violation, then by value, NaN last', () => {
    fc.assert(
      fc.property(ranked, ranked, ranked, (a, b, c) => {
        expect(compareRanked(a, b)).toBe(-compareRanked(b, a) + 0);
        if (compareRanked(a, b) <= 0 && compareRanked(b, c) <= 0) expect(compareRanked(a, c)).toBeLessThanOrEqual(0);
      }),
    );
    const best = [
      { value: Number.NEGATIVE_INFINITY, violation: 0 },
      { value: 5, violation: 0 },
      { value: Number.POSITIVE_INFINITY, violation: 0 },
      { value: Number.NaN, violation: 0 },
      { value: -9, violation: 0.1 },
      { value: -99, violation: 3 },
    ];
    expect(rankOrder([...best].reverse())).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it('gives tied candidates the same weight and keeps the sum, in whatever order they come', () => {
    const weights = [0.6, 0.3, 0.1, 0, -0.2, -0.5, -0.7];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 7, maxLength: 7 }), (values) => {
        const items = values.map((v) => ({ value: v, violation: 0 }));
        const out = new Float64Array(7);
        const ties = assignWeights(items, rankOrder(items), weights, out);
        expect(ties).toBe(new Set(values).size < 7);
        expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(-0.4, 12);
        for (let i = 0; i < 7; i++) {
          for (let j = 0; j < 7; j++) {
            if (values[i] === values[j]) expect(out[i]).toBe(out[j]);
            else if (values[i]! < values[j]!) expect(out[i]).toBeGreaterThan(out[j]!);
          }
        }
      }),
    );
  });
});
