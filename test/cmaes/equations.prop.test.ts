import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { CmaEs, type StrategyParameters } from '../../src/cmaes/index.ts';
import { ellipsoid } from './drive.ts';

/** One generation written as the tutorial does (arXiv:1604.00772v2, eqs. 40-47), with dense matrices and no laziness. */
class Textbook {
  mean: Matrix;
  covariance: Matrix;
  sigma: number;
  sigmaPath: Matrix;
  covariancePath: Matrix;
  generation = 0;
  readonly parameters: StrategyParameters;

  constructor(parameters: StrategyParameters, mean: readonly number[], sigma: number) {
    this.parameters = parameters;
    this.mean = Matrix.columnVector([...mean]);
    this.covariance = Matrix.eye(mean.length);
    this.sigma = sigma;
    this.sigmaPath = Matrix.zeros(mean.length, 1);
    this.covariancePath = Matrix.zeros(mean.length, 1);
  }

  /** @param samples best first */
  update(samples: readonly (readonly number[])[]): void {
    const { weights, mu, muEff, cM, cSigma, dSigma, cC, c1, cMu, chiN } = this.parameters;
    const n = this.mean.rows;
    const eigen = new EigenvalueDecomposition(this.covariance, { assumeSymmetric: true });
    const b = eigen.eigenvectorMatrix;
    const inverseRoot = b.mmul(Matrix.diag(eigen.realEigenvalues.map((d) => 1 / Math.sqrt(d)))).mmul(b.transpose());
    const steps = samples.map((x) => Matrix.sub(Matrix.columnVector([...x]), this.mean).div(this.sigma));
    const step = Matrix.zeros(n, 1);
    for (let i = 0; i < mu; i++) step.add(Matrix.mul(steps[i]!, weights[i]!));
    this.mean = Matrix.add(this.mean, Matrix.mul(step, cM * this.sigma));
    this.sigmaPath = Matrix.add(
      Matrix.mul(this.sigmaPath, 1 - cSigma),
      Matrix.mul(inverseRoot.mmul(step), Math.sqrt(cSigma * (2 - cSigma) * muEff)),
    );
    const length = this.sigmaPath.norm();
    const limit = (1.4 + 2 / (n + 1)) * chiN * Math.sqrt(1 - (1 - cSigma) ** (2 * (this.generation + 1)));
    const h = length < limit ? 1 : 0;
    this.covariancePath = Matrix.add(
      Matrix.mul(this.covariancePath, 1 - cC),
      Matrix.mul(step, h * Math.sqrt(cC * (2 - cC) * muEff)),
    );
    const sum = weights.reduce((a, w) => a + w, 0);
    let next = Matrix.mul(this.covariance, 1 + c1 * (1 - h) * cC * (2 - cC) - c1 - cMu * sum);
    next = Matrix.add(next, Matrix.mul(this.covariancePath.mmul(this.covariancePath.transpose()), c1));
    steps.forEach((y, i) => {
      const scale = weights[i]! >= 0 ? 1 : n / inverseRoot.mmul(y).norm() ** 2;
      next = Matrix.add(next, Matrix.mul(y.mmul(y.transpose()), cMu * weights[i]! * scale));
    });
    this.covariance = next;
    this.sigma *= Math.exp(Math.min(1, (cSigma / dSigma) * (length / chiN - 1)));
    this.generation++;
  }
}

describe('the update', () => {
  it('is that of the tutorial, generation by generation', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 4, max: 24 }),
        fc.integer(),
        fc.boolean(),
        fc.constantFrom(1e-3, 1, 30),
        (n, populationSize, seed, active, sigma) => {
          const mean = Array.from({ length: n }, (_, i) => 2 - i / 2);
          const es = CmaEs.create({ mean, sigma, seed, active, populationSize });
          expect(es.parameters.lazyGap).toBeLessThanOrEqual(1);
          const textbook = new Textbook(es.parameters, mean, sigma);
          for (let g = 0; g < 25; g++) {
            const results = es.ask().map((candidate) => ({ candidate, value: ellipsoid(candidate.x) }));
            es.tell(results);
            textbook.update([...results].sort((a, b) => a.value - b.value).map(({ candidate }) => candidate.x));
            const { distribution } = es.getState();
            expect(distribution.sigma / textbook.sigma).toBeCloseTo(1, 7);
            distribution.mean.forEach((m, i) => {
              expect(Math.abs(m - textbook.mean.get(i, 0))).toBeLessThan(1e-7 * textbook.sigma);
              expect(distribution.sigmaPath[i]).toBeCloseTo(textbook.sigmaPath.get(i, 0), 6);
            });
            const size = textbook.covariance.norm();
            for (let i = 0, k = 0; i < n; i++) {
              for (let j = 0; j <= i; j++, k++) {
                expect(Math.abs(distribution.covariance.matrix[k]! - textbook.covariance.get(i, j))).toBeLessThan(
                  1e-7 * size,
                );
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shortens a step from elsewhere to sqrt(n) + 2n/(n + 2) standard deviations, however good the point', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), fc.boolean(), (n, seed, late) => {
        const es = CmaEs.create({ mean: new Array<number>(n).fill(1), sigma: 0.5, seed });
        const x = new Array<number>(n).fill(1e6);
        const fresh = es
          .ask(es.populationSize - 1)
          .map((candidate) => ({ candidate, value: 1 + ellipsoid(candidate.x) }));
        const outside = late ? { x, latent: x, generation: 99 } : { x };
        es.tell([{ candidate: outside, value: 0 }, ...fresh]);
        const moved = Math.sqrt(es.mean.reduce((sum, m) => sum + (m - 1) ** 2, 0));
        expect(es.generation).toBe(1);
        expect(moved).toBeGreaterThan(0);
        const reach = Math.sqrt(n) + (2 * n) / (n + 2);
        expect(moved).toBeLessThanOrEqual(0.5 * (es.parameters.weights[0]! * reach + 8 * Math.sqrt(n)));
      }),
      { numRuns: 40 },
    );
  });
});
