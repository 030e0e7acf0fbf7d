/** Covariance C of the search distribution (without sigma), with the square roots that sampling and the paths need. */
export interface Covariance {
  /** Number of coordinates n. */
  readonly dimension: number;
  /** out = C^(1/2) z, i.e. B D z, with the square root of the last {@link Covariance.refresh}. */
  color(z: Float64Array, out: Float64Array): void;
  /** out = C^(-1/2) y. */
  whiten(y: Float64Array, out: Float64Array): void;
  /** y' C^(-1) y for the row of `rows` that starts at `offset`. */
  squaredLength(rows: Float64Array, offset: number): number;
  /** C <- decay C + c1 path path' + sum over k of weights[k] y_k y_k', y_k the k-th row of `rows` (tutorial, eq. 47). */
  update(decay: number, c1: number, path: Float64Array, weights: Float64Array, rows: Float64Array): void;
  /** Current C_ii. */
  variance(i: number): number;
  /** Recomputes the square roots; false (square roots unchanged) if C is not finite or not numerically positive definite. */
  refresh(): boolean;
  /** Length of principal axis k: square root of its eigenvalue. */
  axisLength(k: number): number;
  /** Component i of the unit vector of principal axis k. */
  axisComponent(k: number, i: number): number;
  /** Largest over smallest eigenvalue. */
  conditionNumber(): number;
  /** The state as plain JSON. */
  getState(): CovarianceState;
}

/** State of a {@link Covariance} as plain JSON: C (lower triangle by rows, or the diagonal) and its square roots, which may lag behind C. */
export interface CovarianceState {
  readonly kind: 'full' | 'diagonal';
  readonly matrix: readonly number[];
  readonly axisLengths: readonly number[];
  /** Eigenvectors, one per row; empty for a diagonal covariance. */
  readonly axes: readonly number[];
}

/** Largest over smallest squared axis length. */
export function conditionOf(axisLengths: Float64Array): number {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (const length of axisLengths) {
    if (length < min) min = length;
    if (length > max) max = length;
  }
  return axisLengths.length === 0 ? 1 : (max / min) ** 2;
}
