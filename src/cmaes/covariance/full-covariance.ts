import { type Covariance, type CovarianceState, conditionOf } from './covariance.ts';
import { symmetricEigen } from './eigen.ts';

/** A full n x n covariance; O(n^2) per sample, O(n^3) per {@link FullCovariance.refresh}. */
export class FullCovariance implements Covariance {
  readonly dimension: number;
  readonly #matrix: Float64Array;
  #axes: Float64Array;
  #axisLengths: Float64Array;
  #spareAxes: Float64Array;
  #spareLengths: Float64Array;

  private constructor(dimension: number) {
    this.dimension = dimension;
    this.#matrix = new Float64Array(dimension * dimension);
    this.#axes = new Float64Array(dimension * dimension);
    this.#axisLengths = new Float64Array(dimension);
    this.#spareAxes = new Float64Array(dimension * dimension);
    this.#spareLengths = new Float64Array(dimension);
  }

  /** A covariance that starts diagonal with the given variances (> 0). */
  static fromVariances(variances: readonly number[]): FullCovariance {
    const n = variances.length;
    const covariance = new FullCovariance(n);
    for (let i = 0; i < n; i++) {
      covariance.#matrix[i * n + i] = variances[i]!;
      covariance.#axes[i * n + i] = 1;
      covariance.#axisLengths[i] = Math.sqrt(variances[i]!);
    }
    return covariance;
  }

  /** Continues exactly where {@link FullCovariance.getState} was called. */
  static fromState(state: CovarianceState): FullCovariance {
    const n = state.axisLengths.length;
    const covariance = new FullCovariance(n);
    for (let i = 0, next = 0; i < n; i++)
      for (let j = 0; j <= i; j++) covariance.#matrix[i * n + j] = state.matrix[next++]!;
    covariance.#axes.set(state.axes);
    covariance.#axisLengths.set(state.axisLengths);
    return covariance;
  }

  getState(): CovarianceState {
    const n = this.dimension;
    const matrix: number[] = [];
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix.push(this.#matrix[i * n + j]!);
    return { kind: 'full', matrix, axisLengths: [...this.#axisLengths], axes: [...this.#axes] };
  }

  color(z: Float64Array, out: Float64Array): void {
    const n = this.dimension;
    const axes = this.#axes;
    out.fill(0, 0, n);
    for (let k = 0, row = 0; k < n; k++, row += n) {
      const factor = this.#axisLengths[k]! * z[k]!;
      for (let i = 0; i < n; i++) out[i] = out[i]! + factor * axes[row + i]!;
    }
  }

  whiten(y: Float64Array, out: Float64Array): void {
    const n = this.dimension;
    const axes = this.#axes;
    out.fill(0, 0, n);
    for (let k = 0, row = 0; k < n; k++, row += n) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += axes[row + i]! * y[i]!;
      const factor = dot / this.#axisLengths[k]!;
      for (let i = 0; i < n; i++) out[i] = out[i]! + factor * axes[row + i]!;
    }
  }

  squaredLength(rows: Float64Array, offset: number): number {
    const n = this.dimension;
    const axes = this.#axes;
    let sum = 0;
    for (let k = 0, row = 0; k < n; k++, row += n) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += axes[row + i]! * rows[offset + i]!;
      dot /= this.#axisLengths[k]!;
      sum += dot * dot;
    }
    return sum;
  }

  update(decay: number, c1: number, path: Float64Array, weights: Float64Array, rows: Float64Array): void {
    const n = this.dimension;
    const matrix = this.#matrix;
    for (let i = 0; i < n; i++) {
      const row = i * n;
      const pathFactor = c1 * path[i]!;
      for (let j = 0; j <= i; j++) matrix[row + j] = decay * matrix[row + j]! + pathFactor * path[j]!;
    }
    for (let k = 0, y = 0; k < weights.length; k++, y += n) {
      const weight = weights[k]!;
      if (weight === 0) continue;
      for (let i = 0; i < n; i++) {
        const row = i * n;
        const factor = weight * rows[y + i]!;
        for (let j = 0; j <= i; j++) matrix[row + j] = matrix[row + j]! + factor * rows[y + j]!;
      }
    }
  }

  variance(i: number): number {
    return this.#matrix[i * this.dimension + i]!;
  }

  refresh(): boolean {
    const lengths = this.#spareLengths;
    if (!symmetricEigen(this.dimension, this.#matrix, this.#spareAxes, lengths)) return false;
    for (let k = 0; k < lengths.length; k++) {
      if (!(lengths[k]! > 0)) return false;
      lengths[k] = Math.sqrt(lengths[k]!);
    }
    this.#spareLengths = this.#axisLengths;
    this.#axisLengths = lengths;
    [this.#axes, this.#spareAxes] = [this.#spareAxes, this.#axes];
    return true;
  }

  axisLength(k: number): number {
    return this.#axisLengths[k]!;
  }

  axisComponent(k: number, i: number): number {
    return this.#axes[k * this.dimension + i]!;
  }

  conditionNumber(): number {
    return conditionOf(this.#axisLengths);
  }
}
