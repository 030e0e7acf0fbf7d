import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ED2P, EDP } from '../../../src/search/mapping/objective.ts';
import { cuttingLambda } from '../../../src/search/schedule/line-bound.ts';

const figure = fc.double({ min: 1, max: 100, noNaN: true });
const ends = fc.record({
  least: fc.record({ energyPj: figure, cycles: figure }),
  beyond: fc.record({ energyPj: figure, cycles: figure }),
  known: fc.double({ min: 0.01, max: 100, noNaN: true }),
  share: fc.double({ min: 0.5, max: 1, noNaN: true }),
  objective: fc.constantFrom(EDP, ED2P),
});

/** Steps towards an end of the hull, as factors. */
const [LEAST, MOST] = [1.1, 4];

describe('the weight of the next line towards an end of the hull', () => {
  // Killed by: a weight a hundredth nearer, the ends swapped, the cutoff of another objective, strides left out.
  it('is the nearest whose line through the same sums leaves nothing below the cutoff there', () => {
    let [met, below, above] = [0, 0, 0];
    fc.assert(
      fc.property(ends, ({ least, beyond, known, share, objective: { value } }) => {
        const at = { energyPj: least.energyPj + beyond.energyPj, cycles: least.cycles + beyond.cycles };
        const cutoff = share * value(at.energyPj, at.cycles);
        const line = { lambda: known, lowerBound: at.energyPj + known * at.cycles, at };
        const goal = { least, value, cutoff };
        const atFewest = (lambda: number) => value(at.energyPj + lambda * beyond.cycles, least.cycles);
        const atThriftiest = (lambda: number) => value(least.energyPj, at.cycles + beyond.energyPj / lambda);

        const steeper = cuttingLambda({ value: 0, below: line, above: null }, goal);
        expect(steeper / known).toBeGreaterThan(LEAST - 1e-9);
        expect(steeper / known).toBeLessThan(MOST + 1e-9);
        if (steeper < known * MOST * (1 - 1e-9)) {
          expect(atFewest(steeper)).toBeGreaterThan(cutoff * (1 - 1e-9));
          if (steeper > known * LEAST * (1 + 1e-9)) {
            expect(atFewest(steeper * 0.99)).toBeLessThan(cutoff);
            above++;
          }
        }

        const flatter = cuttingLambda({ value: 0, below: null, above: line }, goal);
        expect(known / flatter).toBeGreaterThan(LEAST - 1e-9);
        expect(known / flatter).toBeLessThan(MOST + 1e-9);
        if (flatter > (known / MOST) * (1 + 1e-9)) {
          expect(atThriftiest(flatter)).toBeGreaterThan(cutoff * (1 - 1e-9));
          if (flatter < (known / LEAST) * (1 - 1e-9)) {
            expect(atThriftiest(flatter * 1.01)).toBeLessThan(cutoff);
            below++;
          }
        }
        met++;
      }),
      { numRuns: 300 },
    );
    expect(met).toBe(300);
    expect(Math.min(below, above)).toBeGreaterThan(10);
  });

  it('is a factor of four away where no sums are known on the line, or nothing is of no interest', () => {
    const least = { energyPj: 1, cycles: 1 };
    const unknown = { lambda: 2, lowerBound: 10, at: null };
    const known = { lambda: 2, lowerBound: 10, at: { energyPj: 4, cycles: 3 } };
    const open = { least, value: EDP.value, cutoff: Number.POSITIVE_INFINITY };
    for (const [line, cutoff] of [
      [unknown, 12],
      [known, Number.POSITIVE_INFINITY],
    ] as const) {
      expect(cuttingLambda({ value: 0, below: line, above: null }, { ...open, cutoff })).toBe(8);
      expect(cuttingLambda({ value: 0, below: null, above: line }, { ...open, cutoff })).toBe(0.5);
    }
  });
});
