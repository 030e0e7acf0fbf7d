import type { Covariance, CovarianceState } from './covariance/covariance.ts';
import { DiagonalCovariance } from './covariance/diagonal-covariance.ts';
import { FullCovariance } from './covariance/full-covariance.ts';
import type { StrategyParameters } from './parameters.ts';

/** Bounds of sigma, far beyond every stopping criterion, that keep samples finite if a caller goes on regardless. */
const SIGMA_MIN = 1e-150;
const SIGMA_MAX = 1e150;

/** State of a {@link Distribution} as plain JSON. */
export interface DistributionState {
  readonly generation: number;
  readonly mean: readonly number[];
  readonly sigma: number;
  readonly sigmaPath: readonly number[];
  readonly covariancePath: readonly number[];
  readonly covariance: CovarianceState;
  /** Generation of the last eigendecomposition. */
  readonly refreshedAt: number;
  /** C could not be decomposed. */
  readonly degenerate: boolean;
}

/** The Gaussian search distribution N(mean, sigma^2 C) with its evolution paths. Equation numbers are those of arXiv:1604.00772v2. */
export class Distribution {
  readonly parameters: StrategyParameters;
  readonly mean: Float64Array;
  readonly covariance: Covariance;
  readonly sigmaPath: Float64Array;
  readonly covariancePath: Float64Array;
  /** Factor D of every coordinate: samples are mean + sigma D C^(1/2) z. 1 but for integers, whose spread has a least value. */
  readonly scales: Float64Array;
  sigma: number;
  generation: number;
  degenerate: boolean;
  #refreshedAt: number;
  readonly #step: Float64Array;
  readonly #whitened: Float64Array;
  readonly #rows: Float64Array;
  readonly #updateWeights: Float64Array;

  private constructor(
    parameters: StrategyParameters,
    state: DistributionState,
    covariance: Covariance,
    scales: readonly number[],
  ) {
    this.parameters = parameters;
    this.covariance = covariance;
    this.mean = Float64Array.from(state.mean);
    this.scales = Float64Array.from(scales);
    this.sigma = state.sigma;
    this.sigmaPath = Float64Array.from(state.sigmaPath);
    this.covariancePath = Float64Array.from(state.covariancePath);
    this.generation = state.generation;
    this.degenerate = state.degenerate;
    this.#refreshedAt = state.refreshedAt;
    const n = this.mean.length;
    this.#step = new Float64Array(n);
    this.#whitened = new Float64Array(n);
    this.#rows = new Float64Array(n * parameters.populationSize);
    this.#updateWeights = new Float64Array(parameters.populationSize);
  }

  /** The initial distribution N(mean, sigma^2 diag(scales^2)). */
  static initial(
    parameters: StrategyParameters,
    mean: readonly number[],
    sigma: number,
    scales: readonly number[],
  ): Distribution {
    const variances = scales.map((s) => s * s);
    const model = parameters.covariance === 'full' ? FullCovariance : DiagonalCovariance;
    const covariance = model.fromVariances(variances);
    const zeros = mean.map(() => 0);
    const state = {
      generation: 0,
      mean,
      sigma,
      sigmaPath: zeros,
      covariancePath: zeros,
      refreshedAt: 0,
      degenerate: false,
    };
    const ones = mean.map(() => 1);
    return new Distribution(parameters, { ...state, covariance: covariance.getState() }, covariance, ones);
  }

  /** Continues exactly where {@link Distribution.getState} was called. */
  static fromState(parameters: StrategyParameters, state: DistributionState, scales: readonly number[]): Distribution {
    const model = state.covariance.kind === 'full' ? FullCovariance : DiagonalCovariance;
    return new Distribution(parameters, state, model.fromState(state.covariance), scales);
  }

  getState(): DistributionState {
    return {
      generation: this.generation,
      mean: [...this.mean],
      sigma: this.sigma,
      sigmaPath: [...this.sigmaPath],
      covariancePath: [...this.covariancePath],
      covariance: this.covariance.getState(),
      refreshedAt: this.#refreshedAt,
      degenerate: this.degenerate,
    };
  }

  /**
   * One generation from samples and their weights.
   * @param latents samples in the coordinates of the mean
   * @param weights weight of each sample; ties may leave none positive, then the mean stays
   * @param fresh whether sample k was sampled from this very distribution; others are shortened to the length that a sample may plausibly
   *   have (N. Hansen, "Injecting external solutions into CMA-ES", arXiv:1110.4181, eq. 4)
   * @param ties whether tied samples share weights, so that the variance of the mean step under random selection must be recomputed
   */
  update(
    latents: readonly (readonly number[])[],
    weights: Float64Array,
    fresh: readonly boolean[],
    ties: boolean,
  ): void {
    const n = this.mean.length;
    this.#fillRows(latents, fresh);
    const step = this.#step.fill(0);
    let squares = 0;
    for (let k = 0; k < weights.length; k++) {
      const weight = weights[k]!;
      if (weight <= 0) continue;
      squares += weight * weight;
      for (let i = 0; i < n; i++) step[i] = step[i]! + weight * this.#rows[k * n + i]!;
    }
    const { cM, muEff } = this.parameters;
    for (let i = 0; i < n; i++) this.mean[i] = this.mean[i]! + cM * this.sigma * this.scales[i]! * step[i]!; // eq. 41-42
    const normalization = squares === 0 ? 0 : Math.sqrt(ties ? 1 / squares : muEff);
    const pathLength = this.#updateSigmaPath(normalization);
    this.#updateCovariance(weights, normalization, pathLength);
    this.#updateSigma(pathLength);
    this.generation++;
    this.#refreshLazily();
  }

  /** A generation in which all samples were worth the same: only the step size grows, by exp(0.2 + c_sigma/d_sigma) (tutorial, appendix C). */
  widen(): void {
    this.#scaleSigma(0.2 + this.parameters.cSigma / this.parameters.dSigma);
    this.generation++;
  }

  /** A generation that teaches nothing. */
  skip(): void {
    this.generation++;
  }

  #fillRows(latents: readonly (readonly number[])[], fresh: readonly boolean[]): void {
    const n = this.mean.length;
    const longest = Math.sqrt(n) + (2 * n) / (n + 2);
    for (let k = 0; k < latents.length; k++) {
      const latent = latents[k]!;
      const row = k * n;
      for (let i = 0; i < n; i++) this.#rows[row + i] = (latent[i]! - this.mean[i]!) / (this.sigma * this.scales[i]!);
      if (fresh[k]) continue;
      const length = Math.sqrt(this.covariance.squaredLength(this.#rows, row));
      if (length <= longest) continue;
      const factor = longest / length;
      for (let i = 0; i < n; i++) this.#rows[row + i] = this.#rows[row + i]! * factor;
    }
  }

  #updateSigmaPath(normalization: number): number {
    const { cSigma } = this.parameters;
    const path = this.sigmaPath;
    this.covariance.whiten(this.#step, this.#whitened);
    const factor = Math.sqrt(cSigma * (2 - cSigma)) * normalization;
    let squares = 0;
    for (let i = 0; i < path.length; i++) {
      path[i] = (1 - cSigma) * path[i]! + factor * this.#whitened[i]!; // eq. 43
      squares += path[i]! * path[i]!;
    }
    return Math.sqrt(squares);
  }

  #updateCovariance(weights: Float64Array, normalization: number, pathLength: number): void {
    const { cSigma, cC, c1, cMu, chiN } = this.parameters;
    const n = this.mean.length;
    const bound = Math.sqrt(1 - (1 - cSigma) ** (2 * (this.generation + 1))) * (1.4 + 2 / (n + 1)) * chiN;
    const moving = pathLength < bound;
    const path = this.covariancePath;
    const factor = moving ? Math.sqrt(cC * (2 - cC)) * normalization : 0;
    for (let i = 0; i < n; i++) path[i] = (1 - cC) * path[i]! + factor * this.#step[i]!; // eq. 45
    let sum = 0;
    const updateWeights = this.#updateWeights;
    for (let k = 0; k < weights.length; k++) {
      const weight = weights[k]!;
      sum += weight;
      updateWeights[k] = cMu * weight;
      if (weight < 0) {
        const squaredLength = this.covariance.squaredLength(this.#rows, k * n);
        updateWeights[k] = squaredLength > 0 ? (cMu * weight * n) / squaredLength : 0; // eq. 46
      }
    }
    const stall = moving ? 0 : c1 * cC * (2 - cC);
    this.covariance.update(1 + stall - c1 - cMu * sum, c1, path, updateWeights, this.#rows); // eq. 47
  }

  #updateSigma(pathLength: number): void {
    if (this.mean.length === 0) return;
    const { cSigma, dSigma, chiN } = this.parameters;
    // Eq. 44; the bound 1 on the change is that of arXiv:1110.4181, table 1.
    this.#scaleSigma(Math.min(1, (cSigma / dSigma) * (pathLength / chiN - 1)));
  }

  #scaleSigma(logFactor: number): void {
    this.sigma = Math.min(SIGMA_MAX, Math.max(SIGMA_MIN, this.sigma * Math.exp(logFactor)));
  }

  #refreshLazily(): void {
    if (this.generation < this.#refreshedAt + this.parameters.lazyGap) return;
    this.#refreshedAt = this.generation;
    this.degenerate = !this.covariance.refresh();
  }
}
