import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CmaEs } from '../../src/cmaes/index.ts';
import { Random } from '../../src/util/random.ts';
import { ellipsoid, sphere, step } from './drive.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const GENERATIONS = 40;

/** Random rotation (with reflection): Gram-Schmidt on normal vectors. Rows are orthonormal. */
function rotation(n: number, random: Random): number[][] {
  const rows: number[][] = [];
  while (rows.length < n) {
    const row = Array.from({ length: n }, () => random.nextNormal());
    for (const other of rows) {
      const dot = row.reduce((sum, v, i) => sum + v * other[i]!, 0);
      for (let i = 0; i < n; i++) row[i]! -= dot * other[i]!;
    }
    const norm = Math.sqrt(sphere(row));
    if (norm > 0.1) rows.push(row.map((v) => v / norm));
  }
  return rows;
}

function apply(matrix: readonly (readonly number[])[], x: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, v, i) => sum + v * x[i]!, 0));
}

function covarianceMatrix(es: CmaEs, n: number): number[][] {
  const { matrix } = es.getState().distribution.covariance;
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => matrix[(Math.max(i, j) * (Math.max(i, j) + 1)) / 2 + Math.min(i, j)]!),
  );
}

describe('CMA-ES is invariant', () => {
  it('to strictly increasing transforms of the objective: same candidates, bit for bit', () => {
    // Powers of two, so that no two different values become equal by rounding.
    const transforms = [
      (f: number) => 2 ** -40 * f,
      (f: number) => (f < 1 ? f / 1024 : f * 4096),
      (f: number) => (f < 0.5 ? f : 2 ** 40 * f),
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        seeds,
        fc.boolean(),
        fc.constantFrom(...transforms),
        (n, seed, active, g) => {
          const options = { mean: new Array<number>(n).fill(0.7), sigma: 0.5, seed, active };
          const plain = CmaEs.create(options);
          const bent = CmaEs.create(options);
          for (let i = 0; i < GENERATIONS; i++) {
            step(plain, ellipsoid);
            step(bent, (x) => g(ellipsoid(x)));
            expect(bent.mean).toEqual(plain.mean);
            expect(bent.sigma).toBe(plain.sigma);
          }
          expect(bent.ask(3)).toEqual(plain.ask(3));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('to translation: translated samples with equal values give the translated distribution', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        seeds,
        fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 8, maxLength: 8 }),
        (n, seed, shift) => {
          const here = CmaEs.create({ mean: new Array<number>(n).fill(1), sigma: 0.5, seed });
          const there = CmaEs.create({ mean: shift.slice(0, n).map((s) => 1 + s), sigma: 0.5, seed });
          for (let i = 0; i < 20; i++) {
            const results = here.ask().map((candidate) => ({ candidate, value: sphere(candidate.x) }));
            here.tell(results);
            there.tell(
              results.map(({ candidate, value }) => {
                const x = candidate.x.map((v, k) => v + shift[k]!);
                return { candidate: { ...candidate, x, latent: x }, value };
              }),
            );
          }
          expect(there.sigma / here.sigma).toBeCloseTo(1, 6);
          there.mean.forEach((m, k) => {
            expect(m - shift[k]!).toBeCloseTo(here.mean[k]!, 7);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('to rotation: samples rotated with equal values give the rotated distribution', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), seeds, fc.boolean(), (n, seed, active) => {
        const turn = rotation(n, Random.fromSeed(seed));
        const start = Array.from({ length: n }, (_, i) => 1 + i / 3);
        const here = CmaEs.create({ mean: start, sigma: 0.5, seed, active });
        const there = CmaEs.create({ mean: apply(turn, start), sigma: 0.5, seed, active });
        for (let g = 0; g < GENERATIONS; g++) {
          const results = here.ask().map((candidate) => ({ candidate, value: ellipsoid(candidate.x) }));
          here.tell(results);
          there.tell(
            results.map(({ candidate, value }) => {
              const x = apply(turn, candidate.x);
              return { candidate: { ...candidate, x, latent: x }, value };
            }),
          );
        }
        expect(there.sigma / here.sigma).toBeCloseTo(1, 5);
        apply(turn, here.mean).forEach((m, i) => {
          expect(Math.abs(there.mean[i]! - m)).toBeLessThan(1e-5 * here.sigma + 1e-9);
        });
        // turn C turn' must be the other covariance.
        const columns = covarianceMatrix(here, n).map((row) => apply(turn, row));
        const turned = Array.from({ length: n }, (_, i) =>
          apply(
            turn,
            columns.map((row) => row[i]!),
          ),
        );
        const actual = covarianceMatrix(there, n);
        const size = Math.sqrt(sphere(actual.flat()));
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) expect(Math.abs(actual[i]![j]! - turned[j]![i]!)).toBeLessThan(1e-6 * size);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('to the scale of the space: steps scale along', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), seeds, fc.integer({ min: -20, max: 20 }), (n, seed, exponent) => {
        const factor = 2 ** exponent;
        const small = CmaEs.create({ mean: new Array<number>(n).fill(1), sigma: 0.5, seed });
        const large = CmaEs.create({ mean: new Array<number>(n).fill(factor), sigma: 0.5 * factor, seed });
        for (let i = 0; i < GENERATIONS; i++) {
          step(small, ellipsoid);
          step(large, (x) => ellipsoid(x.map((v) => v / factor)));
        }
        expect(large.sigma).toBe(small.sigma * factor);
        expect(large.mean).toEqual(small.mean.map((m) => m * factor));
      }),
      { numRuns: 40 },
    );
  });

  it('in effect: a rotated ellipsoid takes as long as an axis-parallel one', () => {
    const n = 6;
    const turn = rotation(n, Random.fromSeed(11));
    const median = (f: (x: readonly number[]) => number) => {
      const counts = Array.from({ length: 21 }, (_, seed) => {
        const es = CmaEs.create({ mean: new Array<number>(n).fill(1), sigma: 1, seed, stop: { target: 1e-9 } });
        while (es.stopReasons().length === 0) step(es, f);
        expect(es.stopReasons()).toContain('target');
        return es.evaluations;
      });
      return counts.sort((a, b) => a - b)[10]!;
    };
    expect(median((x) => ellipsoid(apply(turn, x))) / median(ellipsoid)).toBeGreaterThan(0.85);
    expect(median((x) => ellipsoid(apply(turn, x))) / median(ellipsoid)).toBeLessThan(1.15);
  });
});
