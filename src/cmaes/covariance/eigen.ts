const MAX_SWEEPS = 60;

/**
 * Eigendecomposition of a symmetric matrix: Householder tridiagonalization followed by the implicit QL method
 * (the EISPACK pair tred2 and imtql2; Golub and Van Loan, Matrix Computations, 8.3). Row-oriented, so every inner loop is contiguous.
 * @param n order of the matrix
 * @param matrix row-major n x n; only the lower triangle (with diagonal) is read
 * @param vectors receives the orthonormal eigenvectors, one per row (row-major n x n)
 * @param values receives the eigenvalues, in the order of the rows of `vectors` (not sorted)
 * @returns false if an entry is not finite or the QL iteration does not converge; outputs are then meaningless
 */
export function symmetricEigen(n: number, matrix: Float64Array, vectors: Float64Array, values: Float64Array): boolean {
  const scale = largestEntry(n, matrix);
  if (!Number.isFinite(scale)) return false;
  const reflectors = new Float64Array(n * n);
  if (scale > 0) for (let k = 0; k < n * n; k++) reflectors[k] = matrix[k]! / scale;
  const offDiagonal = new Float64Array(n);
  tridiagonalize(n, reflectors, vectors, values, offDiagonal);
  const converged = implicitQl(n, vectors, values, offDiagonal);
  for (let k = 0; k < n; k++) values[k] = values[k]! * scale;
  return converged;
}

/** Largest magnitude in the lower triangle, or the first entry that is not finite. The matrix is divided by it, so that no square overflows. */
function largestEntry(n: number, matrix: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = Math.abs(matrix[i * n + j]!);
      if (!Number.isFinite(entry)) return entry;
      if (entry > largest) largest = entry;
    }
  }
  return largest;
}

function tridiagonalize(
  n: number,
  a: Float64Array,
  vectors: Float64Array,
  diagonal: Float64Array,
  offDiagonal: Float64Array,
): void {
  const halfSquaredNorms = new Float64Array(n);
  const p = new Float64Array(n);
  for (let i = n - 1; i >= 1; i--) {
    const row = i * n;
    diagonal[i] = a[row + i]!;
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(a[row + k]!);
    if (i === 1 || scale === 0) {
      offDiagonal[i - 1] = a[row + i - 1]!;
      continue;
    }
    let squaredNorm = 0;
    for (let k = 0; k < i; k++) {
      const v = a[row + k]! / scale;
      a[row + k] = v;
      squaredNorm += v * v;
    }
    const last = a[row + i - 1]!;
    const reflected = last >= 0 ? -Math.sqrt(squaredNorm) : Math.sqrt(squaredNorm);
    offDiagonal[i - 1] = scale * reflected;
    const h = squaredNorm - last * reflected;
    halfSquaredNorms[i] = h;
    a[row + i - 1] = last - reflected;
    symmetricRankTwo(n, i, a, p, h);
  }
  diagonal[0] = a[0]!;
  accumulate(n, a, halfSquaredNorms, vectors);
}

/** Applies A <- H A H with H = I - v v' / h on the leading i x i block; v is in row i. */
function symmetricRankTwo(n: number, i: number, a: Float64Array, p: Float64Array, h: number): void {
  const v = i * n;
  p.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const row = j * n;
    const vj = a[v + j]!;
    let sum = a[row + j]! * vj;
    for (let k = 0; k < j; k++) {
      const ajk = a[row + k]!;
      sum += ajk * a[v + k]!;
      p[k] = p[k]! + ajk * vj;
    }
    p[j] = p[j]! + sum;
  }
  let projection = 0;
  for (let j = 0; j < i; j++) {
    p[j] = p[j]! / h;
    projection += p[j]! * a[v + j]!;
  }
  const shift = projection / (2 * h);
  for (let j = 0; j < i; j++) p[j] = p[j]! - shift * a[v + j]!;
  for (let j = 0; j < i; j++) {
    const row = j * n;
    const vj = a[v + j]!;
    const qj = p[j]!;
    for (let k = 0; k <= j; k++) a[row + k] = a[row + k]! - vj * p[k]! - qj * a[v + k]!;
  }
}

/** Builds the transposed product of the reflectors, so that eigenvectors end up in rows. */
function accumulate(n: number, a: Float64Array, halfSquaredNorms: Float64Array, vectors: Float64Array): void {
  vectors.fill(0, 0, n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let i = 1; i < n; i++) {
    const h = halfSquaredNorms[i]!;
    if (h === 0) continue;
    const v = i * n;
    for (let r = 0; r < i; r++) {
      const row = r * n;
      let dot = 0;
      for (let k = 0; k < i; k++) dot += vectors[row + k]! * a[v + k]!;
      dot /= h;
      for (let k = 0; k < i; k++) vectors[row + k] = vectors[row + k]! - dot * a[v + k]!;
    }
  }
}

function implicitQl(n: number, vectors: Float64Array, d: Float64Array, e: Float64Array): boolean {
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      if (sweep === MAX_SWEEPS) return false;
      qlSweep(n, l, m, vectors, d, e);
    }
  }
  return true;
}

/** One implicit QL sweep with Wilkinson's shift on the unreduced block l..m. */
function qlSweep(n: number, l: number, m: number, vectors: Float64Array, d: Float64Array, e: Float64Array): void {
  let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
  let r = Math.sqrt(g * g + 1);
  g = d[m]! - d[l]! + e[l]! / (g + (g >= 0 ? r : -r));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i]!;
    const b = c * e[i]!;
    r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] = d[i + 1]! - p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    r = (d[i]! - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    const lower = i * n;
    const upper = lower + n;
    for (let k = 0; k < n; k++) {
      const low = vectors[lower + k]!;
      const high = vectors[upper + k]!;
      vectors[upper + k] = s * low + c * high;
      vectors[lower + k] = c * low - s * high;
    }
  }
  d[l] = d[l]! - p;
  e[l] = g;
  e[m] = 0;
}
