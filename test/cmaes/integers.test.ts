import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CmaEs } from '../../src/cmaes/index.ts';
import { centerParents, leastDeviationSteps, withinGrid } from '../../src/cmaes/integers.ts';
import { defaultParameters } from '../../src/cmaes/parameters.ts';
import { levelsOf, nearestLevel } from '../../src/cmaes/variables.ts';
import { runToStop } from './drive.ts';

const grids = fc
  .record({
    low: fc.integer({ min: -5, max: 5 }),
    levels: fc.integer({ min: 1, max: 9 }),
    step: fc.constantFrom(1, 8, 0.25),
  })
  .map(({ low, levels, step }) => ({ kind: 'integer' as const, low, high: low + (levels - 1) * step, step }));
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

describe('integer coordinates', () => {
  it('center parents without changing what they round to, and keep their sum where there is room', () => {
    let kept = 0;
    fc.assert(
      fc.property(grids, fc.double({ min: 0, max: 1, noNaN: true }), shares, (grid, share, parts) => {
        const place = (part: number) => grid.low - grid.step / 2 + part * levelsOf(grid) * grid.step;
        const mean = place(share);
        const before = parts.map(place);
        const after = Float64Array.from(before);
        centerParents(grid, mean, after);
        const level = nearestLevel(grid, mean);
        let shift = 0;
        let pulled = 0;
        before.forEach((latent, k) => {
          const own = nearestLevel(grid, latent);
          expect(nearestLevel(grid, after[k]!)).toBe(own);
          const value = grid.low + own * grid.step;
          if (own !== level) {
            expect(after[k]).toBe(value);
            shift += value - latent;
          } else {
            expect(Math.abs(after[k]! - value)).toBeLessThanOrEqual(Math.abs(latent - value) + 1e-9);
            pulled += after[k]! - latent;
          }
        });
        // What is taken back never exceeds the shift; all of it is, unless the others stand on the value of the mean already.
        expect(pulled * shift).toBeLessThanOrEqual(0);
        expect(Math.abs(pulled)).toBeLessThanOrEqual(Math.abs(shift) + 1e-9);
        const spent = before.every(
          (latent, k) =>
            nearestLevel(grid, latent) !== level ||
            (grid.low + level * grid.step - latent) * shift >= 0 ||
            Math.abs(after[k]! - grid.low - level * grid.step) < 1e-9,
        );
        if (!spent) expect(pulled + shift).toBeCloseTo(0, 9);
        if (!spent && shift !== 0) kept++;
      }),
      { numRuns: 500 },
    );
    expect(kept).toBeGreaterThan(20);
  });

  it('stay within the cells of their grid', () => {
    fc.assert(
      fc.property(grids, fc.double({ min: -1e3, max: 1e3, noNaN: true }), (grid, latent) => {
        const moved = withinGrid(grid, latent);
        expect(nearestLevel(grid, moved)).toBe(nearestLevel(grid, latent));
        expect(moved).toBeGreaterThanOrEqual(grid.low - grid.step / 2);
        expect(moved).toBeLessThanOrEqual(grid.low + (levelsOf(grid) - 0.5) * grid.step);
      }),
    );
  });

  it('spread at least min(0.2, mu_eff / n) steps, from the start and while the reals converge', () => {
    for (const [n, step] of [
      [3, 8],
      [40, 1],
    ] as const) {
      const es = CmaEs.create({
        mean: new Array<number>(n).fill(0),
        sigma: 1e-3,
        seed: 1,
        variables: Array.from({ length: n }, (_, i) =>
          i === 0 ? { kind: 'integer', low: -80, high: 80, step } : { kind: 'continuous' },
        ),
      });
      const least = step * leastDeviationSteps(defaultParameters({ ...es.parameters, dimension: n }));
      expect(least / step).toBe(Math.min(0.2, es.parameters.muEff / n));
      for (let generation = 0; generation < 60; generation++) {
        expect(es.standardDeviations[0]! / least).toBeGreaterThanOrEqual(1 - 1e-9);
        es.tell(es.ask().map((candidate) => ({ candidate, value: candidate.x.reduce((sum, x) => sum + x * x, 0) })));
      }
      expect(es.standardDeviations[0]! / least).toBeLessThan(1.5);
    }
  });

  it('do not stay beside the optimum: ellipsoids of integers alone, and with reals that count more', () => {
    const n = 20;
    for (const integers of [20, 12]) {
      let solved = 0;
      for (let seed = 1; seed <= 4; seed++) {
        const es = CmaEs.create({
          mean: Array.from({ length: n }, (_, i) => ((7 * i + 3 * seed) % 11) - 5),
          sigma: 2,
          seed,
          variables: Array.from({ length: n }, (_, i) => ({
            kind: i < integers ? ('integer' as const) : ('continuous' as const),
            low: -10,
            high: 10,
          })),
          stop: { target: 1e-9, maxEvaluations: 20_000 },
        });
        const ellipsoid = (x: readonly number[]) => x.reduce((sum, v, i) => sum + 1e4 ** (i / (n - 1)) * v * v, 0);
        if (runToStop(es, ellipsoid).includes('target')) solved++;
      }
      expect(solved).toBe(4);
    }
  });
});
