import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultParameters, defaultPopulationSize } from '../../src/cmaes/index.ts';
import { TrifoldError } from '../../src/util/errors.ts';

const inputs = fc.record({
  dimension: fc.integer({ min: 0, max: 400 }),
  populationSize: fc.integer({ min: 2, max: 300 }),
  active: fc.boolean(),
  covariance: fc.constantFrom('full' as const, 'diagonal' as const),
});

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('default parameters', () => {
  it('are in their legal ranges for every size', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const p = defaultParameters(input);
        const positive = p.weights.filter((w) => w > 0);
        const negative = p.weights.filter((w) => w < 0);
        expect(p.weights).toHaveLength(input.populationSize);
        expect(positive).toHaveLength(p.mu);
        expect(sum(positive)).toBeCloseTo(1, 12);
        expect([...p.weights].sort((a, b) => b - a)).toEqual(p.weights);
        expect(p.muEff).toBeCloseTo(1 / sum(positive.map((w) => w * w)), 8);
        if (!input.active) expect(negative).toEqual([]);
        for (const rate of [p.cSigma, p.cC, p.c1]) expect(rate > 0 && rate <= 1).toBe(true);
        expect(p.cMu).toBeGreaterThanOrEqual(0);
        expect(p.c1 + p.cMu).toBeLessThanOrEqual(1 + 1e-15);
        expect(p.dSigma).toBeGreaterThan(1);
        const n = Math.max(1, input.dimension);
        // Eq. 52 keeps C positive definite: what is taken away is no more than what decay leaves.
        const taken = p.cMu * n * -sum(negative);
        expect(taken).toBeLessThanOrEqual(1 - p.c1 - p.cMu + 1e-12);
      }),
    );
  });

  it('are those of table 1 of the tutorial for n = 10', () => {
    const p = defaultParameters({ dimension: 10, populationSize: 10, active: true, covariance: 'full' });
    expect(defaultPopulationSize(10)).toBe(10);
    expect(p.mu).toBe(5);
    // Worked by hand: ln 5.5 - ln i, i = 1..5.
    const raw = [1.704748, 1.011601, 0.606136, 0.318454, 0.09531];
    raw.forEach((w, i) => {
      expect(p.weights[i]).toBeCloseTo(w / sum(raw), 5);
    });
    expect(p.muEff).toBeCloseTo(3.1673, 3);
    expect(p.cSigma).toBeCloseTo(5.1673 / 18.1673, 4);
    expect(p.dSigma).toBeCloseTo(1.28443, 4);
    expect(p.cC).toBeCloseTo(4.31673 / 14.63345, 4);
    expect(p.c1).toBeCloseTo(2 / (127.69 + 3.1673), 5);
    expect(p.cMu).toBeCloseTo((2 * (0.25 + 3.1673 + 0.31573 - 2)) / (144 + 3.1673), 4);
    expect(p.chiN).toBeCloseTo(3.0847, 3);
    const negative = -sum(p.weights.filter((w) => w < 0));
    expect(negative).toBeCloseTo(
      Math.min(1 + p.c1 / p.cMu, (1 - p.c1 - p.cMu) / (10 * p.cMu), 1 + (2 * 4.62) / 5.1673),
      2,
    );
  });

  it('speed up the learning of a diagonal covariance by (n + 2)/3', () => {
    const full = defaultParameters({ dimension: 100, populationSize: 17, active: true, covariance: 'full' });
    const diagonal = defaultParameters({ dimension: 100, populationSize: 17, active: true, covariance: 'diagonal' });
    expect(diagonal.c1 / full.c1).toBeCloseTo(34, 9);
    expect(diagonal.cMu / full.cMu).toBeCloseTo(34, 9);
  });

  it('refuse a population below 2', () => {
    for (const populationSize of [1, 0, 3.5]) {
      expect(() => defaultParameters({ dimension: 3, populationSize, active: true, covariance: 'full' })).toThrow(
        TrifoldError,
      );
    }
  });
});
