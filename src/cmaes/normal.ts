/** P(Z > z) of the standard normal distribution, to about 14 digits also in the tail. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    // Series of Phi(z) - 1/2 (Abramowitz and Stegun, 26.2.11).
    let term = z;
    let sum = z;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // Continued fraction of the tail (Abramowitz and Stegun, 26.2.14).
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  return density / fraction;
}

/** z with P(Z > z) = p, for 0 < p < 1. Start value: Abramowitz and Stegun, 26.2.23; then Newton steps. */
export function normalTailQuantile(p: number): number {
  if (p > 0.5) return -normalTailQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let i = 0; i < 3; i++) {
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    z += (normalTail(z) - p) / density;
  }
  return z;
}
