import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ED2P, EDP, ENERGY, LATENCY } from '../../../../src/search/mapping/objective.ts';
import { worstCorner } from '../../../../src/search/schedule/line-bound.ts';
import { weighed } from '../../../../src/search/schedule/step-labels.ts';

const points = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 })), {
  minLength: 1,
  maxLength: 6,
});
const lambdas = fc.uniqueArray(fc.constantFrom(null, 0, 0.25, 0.5, 1, 2, 7), { maxLength: 5 });

describe('least values above lines', () => {
  // Killed by: lines of no or infinite slope left out, a corner of two lines left out, a bound a thousandth larger.
  it('are below every point that the lines allow, and reached on the border of what they leave', () => {
    let tight = 0;
    fc.assert(
      fc.property(points, lambdas, fc.constantFrom(EDP, ED2P, ENERGY, LATENCY), (all, weights, { value }) => {
        const lines = weights.map((lambda) => ({
          lambda,
          lowerBound: Math.min(...all.map(([energyPj, cycles]) => weighed(lambda, energyPj, cycles))),
          at: null,
        }));
        const least = {
          energyPj: Math.min(...all.map(([energyPj]) => energyPj)) / 2,
          cycles: Math.min(...all.map(([, cycles]) => cycles)) / 2,
        };
        const bound = worstCorner(lines, least, value).value;
        for (const [energyPj, cycles] of all) expect(bound).toBeLessThanOrEqual(value(energyPj, cycles) * (1 + 1e-12));
        // The border of the region, walked in small steps: no value there is smaller, and some is hardly larger.
        let walked = Number.POSITIVE_INFINITY;
        for (let i = 0; i <= 2000; i++) {
          const cycles = least.cycles * (1 + i / 20);
          if (lines.some(({ lambda, lowerBound }) => lambda === null && cycles < lowerBound)) continue;
          const energyPj = lines.reduce(
            (most, { lambda, lowerBound }) => (lambda === null ? most : Math.max(most, lowerBound - lambda * cycles)),
            least.energyPj,
          );
          walked = Math.min(walked, value(energyPj, cycles));
        }
        expect(bound).toBeLessThanOrEqual(walked * (1 + 1e-12));
        if (walked < bound * 1.0005) tight++;
      }),
      { numRuns: 150 },
    );
    expect(tight).toBeGreaterThan(10);
  });

  // Killed by: corners of lines that meet where there are fewer cycles than the least.
  it('are no corners beyond the least figures', () => {
    const lines = [
      { lambda: 1, lowerBound: 10, at: null },
      { lambda: 2, lowerBound: 12, at: null },
    ];
    // The lines meet at 8 pJ and 2 cycles; of what is allowed, 6 pJ and 4 cycles have the least product.
    expect(worstCorner(lines, { energyPj: 5, cycles: 4 }, EDP.value).value).toBe(24);
  });

  it('say nothing more than the least figures where no line is finite', () => {
    const lines = [{ lambda: 1, lowerBound: Number.NEGATIVE_INFINITY, at: null }];
    expect(worstCorner(lines, { energyPj: 3, cycles: 4 }, EDP.value).value).toBe(12);
  });
});
