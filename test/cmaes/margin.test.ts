import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correctMargin } from '../../src/cmaes/margin.ts';
import { normalTail, normalTailQuantile } from '../../src/cmaes/normal.ts';

describe('the normal distribution', () => {
  it('has the tabulated tail probabilities', () => {
    expect(normalTail(0)).toBe(0.5);
    expect(normalTail(1)).toBeCloseTo(0.15865525393145705, 14);
    expect(normalTail(-1.5)).toBeCloseTo(0.9331927987311419, 14);
    expect(normalTail(2.999) / 0.0013543 - 1).toBeCloseTo(0, 4);
    expect(normalTail(3.001) / 0.00134545 - 1).toBeCloseTo(0, 4);
    expect(normalTail(5) / 2.866515718791933e-7 - 1).toBeCloseTo(0, 10);
    expect(normalTail(10) / 7.61985302416047e-24 - 1).toBeCloseTo(0, 10);
  });

  it('is inverted by its quantile', () => {
    fc.assert(
      fc.property(fc.double({ min: -12, max: Math.log10(0.999), noNaN: true }), (exponent) => {
        const p = 10 ** exponent;
        expect(normalTail(normalTailQuantile(p)) / p - 1).toBeCloseTo(0, 9);
      }),
    );
  });
});

describe('margin correction', () => {
  const cases = fc.record({
    levels: fc.integer({ min: 2, max: 12 }),
    step: fc.constantFrom(1, 8, 0.25),
    share: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
    deviation: fc.double({ min: -6, max: 1, noNaN: true }).map((e) => 10 ** e),
    scale: fc.double({ min: -2, max: 4, noNaN: true }).map((e) => 10 ** e),
    margin: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
  });

  it('leaves every neighbour of the mean a probability, and what needs no correction alone', () => {
    fc.assert(
      fc.property(cases, ({ levels, step, share, deviation, scale, margin }) => {
        const variable = { kind: 'integer' as const, low: -3, high: -3 + (levels - 1) * step, step };
        const mean = -3 + share * (levels - 1) * step;
        const result = correctMargin(variable, mean, deviation, scale, margin);
        const level = Math.min(levels - 1, Math.max(0, Math.round((mean + 3) / step)));
        const spread = deviation * result.scale;
        const lowTail = normalTail((result.mean - (-3 + (level - 0.5) * step)) / spread);
        const highTail = normalTail((-3 + (level + 0.5) * step - result.mean) / spread);
        const slack = 1 - 1e-4;
        if (level === 0) expect(highTail).toBeGreaterThanOrEqual(margin * slack);
        else if (level === levels - 1) expect(lowTail).toBeGreaterThanOrEqual(margin * slack);
        else {
          expect(lowTail).toBeGreaterThanOrEqual((margin / 2) * slack);
          expect(highTail).toBeGreaterThanOrEqual((margin / 2) * slack);
          // Only what the other side lacked is taken away.
          const rawLow = normalTail((mean - (-3 + (level - 0.5) * step)) / (deviation * scale));
          const rawHigh = normalTail((-3 + (level + 0.5) * step - mean) / (deviation * scale));
          expect(Math.abs(lowTail - rawLow)).toBeLessThanOrEqual(margin);
          expect(Math.abs(highTail - rawHigh)).toBeLessThanOrEqual(margin);
        }
        const again = correctMargin(variable, result.mean, deviation, result.scale, margin * 0.9);
        expect(again.mean).toBeCloseTo(result.mean, 9);
        expect(again.scale / result.scale).toBeCloseTo(1, 9);
      }),
      { numRuns: 500 },
    );
  });

  it('takes from the likely side only what the unlikely side lacks', () => {
    const variable = { kind: 'integer' as const, low: 0, high: 9 };
    const { mean, scale } = correctMargin(variable, 3.55, 0.1, 1, 0.05);
    // Before: P(x < 3.5) = P(Z > 0.5) = 0.3085, P(x > 4.5) about 0.
    expect(normalTail((4.5 - mean) / (0.1 * scale))).toBeCloseTo(0.025, 6);
    const low = normalTail((mean - 3.5) / (0.1 * scale));
    expect(low).toBeLessThan(0.3085);
    expect(low).toBeGreaterThan(0.28);
  });

  it('does nothing to a variable with one value', () => {
    const variable = { kind: 'integer' as const, low: 4, high: 4 };
    expect(correctMargin(variable, 9, 1e-9, 1, 0.05)).toEqual({ mean: 9, scale: 1 });
  });
});
