import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geometricMean, meanLogarithm } from '../../src/util/geometric-mean.ts';

const numbers = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 });

describe('geometricMean', () => {
  it('is the n-th root of the product', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const product = values.reduce((all, value) => all * value, 1);
        expect(geometricMean(values) / product ** (1 / values.length)).toBeCloseTo(1, 9);
      }),
    );
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
  });

  it('scales with its values and does not depend on their order', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, factor) => {
        const mean = geometricMean(values);
        expect(geometricMean(values.map((value) => value * factor)) / (mean * factor)).toBeCloseTo(1, 9);
        expect(geometricMean([...values].reverse()) / mean).toBeCloseTo(1, 9);
      }),
    );
  });

  it('refuses to average nothing', () => {
    expect(() => geometricMean([])).toThrow(RangeError);
    expect(() => meanLogarithm([])).toThrow(RangeError);
  });

  it('leaves the logarithm of a single number as it is', () => {
    for (const value of [3e9, 0.1, 7]) expect(meanLogarithm([value])).toBe(Math.log(value));
  });
});
