import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CmaEs } from '../../src/cmaes/cmaes.ts';
import { checkVariable, levelsOf, toLatent, toValue, type Variable } from '../../src/cmaes/variables.ts';
import { TrifoldError } from '../../src/util/errors.ts';

const bound = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const width = fc.double({ min: 1e-2, max: 1e3, noNaN: true });
const bounded: fc.Arbitrary<Variable> = fc.oneof(
  fc.tuple(bound, width).map(([low, w]) => ({ kind: 'continuous' as const, low, high: low + w })),
  bound.map((low) => ({ kind: 'continuous' as const, low })),
  bound.map((high) => ({ kind: 'continuous' as const, high })),
  fc.constant({ kind: 'continuous' as const }),
);
const anywhere = fc.double({ min: -1e4, max: 1e4, noNaN: true });

function inside(variable: Variable, x: number): boolean {
  return x >= (variable.low ?? Number.NEGATIVE_INFINITY) && x <= (variable.high ?? Number.POSITIVE_INFINITY);
}

describe('bounds', () => {
  it('hold for every sample, and every value within them can be sampled', () => {
    fc.assert(
      fc.property(bounded, anywhere, (variable, latent) => {
        const value = toValue(variable, latent);
        expect(inside(variable, value)).toBe(true);
        const back = toValue(variable, toLatent(variable, value));
        expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(value)));
      }),
    );
  });

  it('are reached: a value beyond becomes the nearest bound', () => {
    const variable: Variable = { kind: 'continuous', low: -2, high: 6 };
    expect(toValue(variable, toLatent(variable, -100))).toBe(-2);
    expect(toValue(variable, toLatent(variable, 100))).toBe(6);
  });

  it('change nothing in the inner nine tenths, and slopes stay between 0 and 1', () => {
    fc.assert(
      fc.property(bounded, anywhere, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (variable, latent, share) => {
        const { low, high } = variable;
        if (low !== undefined && high !== undefined) {
          const x = low + share * (high - low);
          expect(Math.abs(toValue(variable, x) - x)).toBeLessThan(1e-9 * (1 + Math.abs(x)));
        }
        const h = 1e-4;
        const change = Math.abs(toValue(variable, latent + h) - toValue(variable, latent));
        expect(change).toBeLessThanOrEqual(h * (1 + 1e-6) + 1e-9);
      }),
    );
  });

  it('mirror samples beyond them', () => {
    const variable: Variable = { kind: 'continuous', low: 0, high: 1 };
    // The mirror lies a margin of 0.05 behind the bound.
    expect(toValue(variable, -0.05 - 0.3)).toBeCloseTo(toValue(variable, -0.05 + 0.3), 12);
    expect(toValue(variable, 1.05 + 0.3)).toBeCloseTo(toValue(variable, 1.05 - 0.3), 12);
    expect(toValue(variable, 0.4 + 2.2)).toBeCloseTo(0.4, 12);
  });
});

describe('integer variables', () => {
  it('take the nearest grid value', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -20, max: 20 }),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom(0.5, 1, 3),
        anywhere,
        (low, steps, step, latent) => {
          const variable = { kind: 'integer' as const, low, high: low + steps * step, step };
          expect(levelsOf(variable)).toBe(steps + 1);
          const grid = Array.from({ length: steps + 1 }, (_, k) => low + k * step);
          const distance = Math.min(...grid.map((g) => Math.abs(g - latent)));
          const value = toValue(variable, latent);
          expect(grid).toContain(value);
          expect(Math.abs(value - latent)).toBeCloseTo(distance, 9);
        },
      ),
    );
  });
});

describe('checkVariable', () => {
  it('refuses bounds that enclose nothing', () => {
    const bad: Variable[] = [
      { kind: 'continuous', low: 1, high: 1 },
      { kind: 'continuous', low: Number.NaN, high: 1 },
      { kind: 'integer', low: 2, high: 1 },
      { kind: 'integer', low: 0, high: Number.POSITIVE_INFINITY },
      { kind: 'integer', low: 0, high: 1, step: 0 },
    ];
    for (const variable of bad) expect(() => checkVariable(variable, 0)).toThrow(TrifoldError);
    expect(() => checkVariable({ kind: 'integer', low: 3, high: 3 }, 0)).not.toThrow();
  });
});

describe('the initial step size', () => {
  const create = (sigma: number, variable: Variable, scale = 1) =>
    CmaEs.create({ mean: [0.5], sigma, seed: 1, variables: [variable], scales: [scale] });

  it('is refused far beyond the box of a variable', () => {
    const box = { kind: 'continuous', low: 0, high: 1 } as const;
    expect(() => create(1, box)).not.toThrow();
    expect(() => create(10, box)).not.toThrow();
    expect(() => create(100, box)).toThrow(/sigma 100 with scale 1 is more than 10 times the width 1 of variable 0/);
    expect(() => create(1, box, 100)).toThrow(/with scale 100/);
    expect(() => create(100, { kind: 'integer', low: 0, high: 1 })).toThrow(/more than 10 times/);
  });

  it('is free where there is no box', () => {
    expect(() => create(1e9, { kind: 'continuous' })).not.toThrow();
    expect(() => create(1e9, { kind: 'continuous', low: 0 })).not.toThrow();
    expect(() => create(1e9, { kind: 'integer', low: 0, high: 0 })).not.toThrow();
  });
});
