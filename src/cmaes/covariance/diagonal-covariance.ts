import { type Covariance, type CovarianceState, conditionOf } from './covariance.ts';

/** A diagonal covariance (sep-CMA-ES; R. Ros and N. Hansen, PPSN 2008); O(n) per sample and per update. */
export class DiagonalCovariance implements Covariance {
  readonly dimension: number;
  readonly #variances: Float64Array;
  readonly #axisLengths: Float64Array;

  private constructor(variances: Float64Array, axisLengths: Float64Array) {
    this.dimension = variances.length;
    this.#variances = variances;
    this.#axisLengths = axisLengths;
  }

  /** A covariance that starts with the given variances (> 0). */
  static fromVariances(variances: readonly number[]): DiagonalCovariance {
    return new DiagonalCovariance(Float64Array.from(variances), Float64Array.from(variances, Math.sqrt));
  }

  /** Continues exactly where {@link DiagonalCovariance.getState} was called. */
  static fromState(state: CovarianceState): DiagonalCovariance {
    return new DiagonalCovariance(Float64Array.from(state.matrix), Float64Array.from(state.axisLengths));
  }

  getState(): CovarianceState {
    return { kind: 'diagonal', matrix: [...this.#variances], axisLengths: [...this.#axisLengths], axes: [] };
  }

  color(z: Float64Array, out: Float64Array): void {
    for (let i = 0; i < this.dimension; i++) out[i] = this.#axisLengths[i]! * z[i]!;
  }

  whiten(y: Float64Array, out: Float64Array): void {
    for (let i = 0; i < this.dimension; i++) out[i] = y[i]! / this.#axisLengths[i]!;
  }

  squaredLength(rows: Float64Array, offset: number): number {
    let sum = 0;
    for (let i = 0; i < this.dimension; i++) sum += (rows[offset + i]! / this.#axisLengths[i]!) ** 2;
    return sum;
  }

  update(decay: number, c1: number, path: Float64Array, weights: Float64Array, rows: Float64Array): void {
    const n = this.dimension;
    for (let i = 0; i < n; i++) {
      let variance = decay * this.#variances[i]! + c1 * path[i]! * path[i]!;
      for (let k = 0; k < weights.length; k++) variance += weights[k]! * rows[k * n + i]! * rows[k * n + i]!;
      this.#variances[i] = variance;
    }
  }

  variance(i: number): number {
    return this.#variances[i]!;
  }

  refresh(): boolean {
    for (const variance of this.#variances) if (!(variance > 0 && variance < Number.POSITIVE_INFINITY)) return false;
    for (let i = 0; i < this.dimension; i++) this.#axisLengths[i] = Math.sqrt(this.#variances[i]!);
    return true;
  }

  axisLength(k: number): number {
    return this.#axisLengths[k]!;
  }

  axisComponent(k: number, i: number): number {
    return k === i ? 1 : 0;
  }

  conditionNumber(): number {
    return conditionOf(this.#axisLengths);
  }
}
