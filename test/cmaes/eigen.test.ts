import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '../../src/cmaes/covariance/eigen.ts';

/** Random symmetric matrices, some with zero rows and widely different scales. */
const symmetric = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc
    .tuple(
      fc.array(
        fc.oneof(
          fc.constant(0),
          fc.integer({ min: -1e6, max: 1e6 }).map((v) => v / 1e6),
        ),
        {
          minLength: n * n,
          maxLength: n * n,
        },
      ),
      fc.array(fc.integer({ min: -6, max: 6 }), { minLength: n, maxLength: n }),
    )
    .map(([entries, exponents]) => {
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          const value = entries[i * n + j]! * 10 ** (exponents[i]! + exponents[j]!);
          matrix[i * n + j] = value;
          matrix[j * n + i] = value;
        }
      }
      return { n, matrix };
    }),
);

function decompose(n: number, matrix: Float64Array): { vectors: Float64Array; values: Float64Array; ok: boolean } {
  const vectors = new Float64Array(n * n);
  const values = new Float64Array(n);
  return { ok: symmetricEigen(n, matrix, vectors, values), vectors, values };
}

describe('symmetricEigen', () => {
  it('gives orthonormal rows and A v = lambda v, to rounding relative to the norm', () => {
    fc.assert(
      fc.property(symmetric, ({ n, matrix }) => {
        const { ok, vectors, values } = decompose(n, matrix);
        expect(ok).toBe(true);
        const norm = Math.sqrt(matrix.reduce((sum, a) => sum + a * a, 0));
        for (let k = 0; k < n; k++) {
          for (let l = 0; l <= k; l++) {
            let dot = 0;
            for (let i = 0; i < n; i++) dot += vectors[k * n + i]! * vectors[l * n + i]!;
            expect(Math.abs(dot - (k === l ? 1 : 0))).toBeLessThan(1e-13 * n);
          }
          for (let i = 0; i < n; i++) {
            let image = 0;
            for (let j = 0; j < n; j++) image += matrix[i * n + j]! * vectors[k * n + j]!;
            expect(Math.abs(image - values[k]! * vectors[k * n + i]!)).toBeLessThanOrEqual(1e-14 * n * norm);
          }
        }
      }),
    );
  });

  it('agrees with the eigenvalues of ml-matrix and reads the lower triangle only', () => {
    fc.assert(
      fc.property(symmetric, ({ n, matrix }) => {
        const lower = Float64Array.from(matrix, (a, k) => (k % n > Math.floor(k / n) ? Number.NaN : a));
        const { values } = decompose(n, lower);
        const reference = new EigenvalueDecomposition(Matrix.from1DArray(n, n, [...matrix]), { assumeSymmetric: true });
        const expected = [...reference.realEigenvalues].sort((a, b) => a - b);
        const norm = Math.sqrt(matrix.reduce((sum, a) => sum + a * a, 0));
        [...values]
          .sort((a, b) => a - b)
          .forEach((value, k) => {
            expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(1e-13 * n * norm);
          });
      }),
    );
  });

  it('decomposes matrices whose entries would overflow when squared', () => {
    for (const scale of [1e200, 1e-200]) {
      const { ok, values } = decompose(2, Float64Array.of(2 * scale, scale, scale, 2 * scale));
      expect(ok).toBe(true);
      const [low, high] = [...values].sort((a, b) => a - b);
      expect(low! / scale).toBeCloseTo(1, 12);
      expect(high! / scale).toBeCloseTo(3, 12);
    }
  });

  it('refuses entries that are not finite', () => {
    expect(decompose(2, Float64Array.of(1, 0, Number.NaN, 1)).ok).toBe(false);
    expect(decompose(2, Float64Array.of(1, 0, Number.NaN, 5)).ok).toBe(false);
    expect(decompose(2, Float64Array.of(1, 0, 0, Number.POSITIVE_INFINITY)).ok).toBe(false);
  });
});
