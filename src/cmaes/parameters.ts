import { TrifoldError } from '../util/errors.ts';

/** Shape of the covariance matrix that is adapted. */
export type CovarianceKind = 'full' | 'diagonal';

/** Sizes and switches that the default strategy parameters depend on. */
export interface ParameterInput {
  /** Number of Gaussian coordinates n >= 0. */
  readonly dimension: number;
  /** Population size lambda >= 2. */
  readonly populationSize: number;
  /** Whether bad candidates get negative weights (active CMA). */
  readonly active: boolean;
  readonly covariance: CovarianceKind;
}

/**
 * Strategy parameters of CMA-ES. Equation numbers are those of N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772v2, table 1.
 */
export interface StrategyParameters extends ParameterInput {
  /** Number of positive weights, mu. */
  readonly mu: number;
  /** Recombination weights by rank, best first; the positive ones sum to 1 (eqs. 49-53). Negative ones are 0 when not active. */
  readonly weights: readonly number[];
  /** Variance effective selection mass of the positive weights, mu_eff (eq. 8). */
  readonly muEff: number;
  /** Learning rate of the mean, c_m (eq. 54). */
  readonly cM: number;
  /** Cumulation of the step-size path, c_sigma (eq. 55). */
  readonly cSigma: number;
  /** Damping of the step size, d_sigma (eq. 55). */
  readonly dSigma: number;
  /** Cumulation of the covariance path, c_c (eq. 56). */
  readonly cC: number;
  /** Learning rate of the rank-one update, c_1 (eq. 57). */
  readonly c1: number;
  /** Learning rate of the rank-mu update, c_mu (eq. 58). */
  readonly cMu: number;
  /** E||N(0, I)||, the usual series (tutorial, after eq. 34). */
  readonly chiN: number;
  /** Generations between two eigendecompositions, 1/((c_1 + c_mu) n 10) (tutorial, B.2). */
  readonly lazyGap: number;
}

/** Default population size 4 + floor(3 ln n) (eq. 48); 4 for n = 0. */
export function defaultPopulationSize(dimension: number): number {
  return 4 + Math.floor(3 * Math.log(Math.max(1, dimension)));
}

/**
 * Default strategy parameters. For a diagonal covariance c_1 and c_mu are multiplied by (n + 2)/3 (R. Ros and N. Hansen, PPSN 2008, eq. 4).
 * @throws TrifoldError `value` if the population is smaller than 2
 */
export function defaultParameters(input: ParameterInput): StrategyParameters {
  const { populationSize, active, covariance } = input;
  if (!Number.isInteger(populationSize) || populationSize < 2) {
    throw new TrifoldError('value', `population size must be an integer >= 2, not ${populationSize}`);
  }
  const n = Math.max(1, input.dimension);
  const raw = Array.from({ length: populationSize }, (_, i) => Math.log((populationSize + 1) / 2) - Math.log(i + 1));
  const positive = raw.filter((w) => w > 0);
  const negative = raw.filter((w) => w < 0);
  const muEff = selectionMass(positive);
  const muEffMinus = selectionMass(negative);

  const speedUp = covariance === 'diagonal' ? (n + 2) / 3 : 1;
  const c1 = Math.min(1, (speedUp * 2) / ((n + 1.3) ** 2 + muEff));
  const cMu = Math.min(1 - c1, (speedUp * 2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);

  const alphaMu = 1 + c1 / cMu;
  const alphaMuEff = 1 + (2 * muEffMinus) / (muEff + 2);
  const alphaPosDef = (1 - c1 - cMu) / (n * cMu);
  const negativeSum = active && cMu > 0 ? Math.min(alphaMu, alphaMuEff, alphaPosDef) : 0;
  const sumPositive = positive.reduce((a, b) => a + b, 0);
  const sumNegative = negative.reduce((a, b) => a - b, 0);
  const weights = raw.map((w) => (w >= 0 ? w / sumPositive : negativeSum === 0 ? 0 : (w * negativeSum) / sumNegative));

  return {
    ...input,
    mu: positive.length,
    weights,
    muEff,
    cM: 1,
    cSigma,
    dSigma,
    cC,
    c1,
    cMu,
    chiN: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
    lazyGap: 1 / ((c1 + cMu) * n * 10),
  };
}

function selectionMass(weights: readonly number[]): number {
  const sum = weights.reduce((a, b) => a + b, 0);
  const squares = weights.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 0 : (sum * sum) / squares;
}
