import { normalTail, normalTailQuantile } from './normal.ts';
import { type IntegerVariable, levelsOf, nearestLevel, stepOf } from './variables.ts';

/** Mean and scale of one integer coordinate. */
export interface MarginResult {
  readonly mean: number;
  /** Factor on the deviation from the mean before rounding, A_j. */
  readonly scale: number;
}

/**
 * Margin correction of one integer coordinate: moves the mean and the scale A_j as little as needed for the neighbouring values to keep a
 * probability, so that the coordinate cannot freeze before the others have converged
 * (R. Hamano et al., "CMA-ES with Margin", GECCO 2022, section 4.2 and 4.3).
 * @param mean mean of the coordinate after the usual update
 * @param deviation sigma sqrt(C_jj), without A_j
 * @param scale A_j
 * @param margin alpha: lower bound of the probability on the inner side at an end of the grid; alpha/2 per side in the interior
 */
export function correctMargin(
  variable: IntegerVariable,
  mean: number,
  deviation: number,
  scale: number,
  margin: number,
): MarginResult {
  const levels = levelsOf(variable);
  if (levels === 1) return { mean, scale };
  const level = nearestLevel(variable, mean);
  const step = stepOf(variable);
  const spread = deviation * scale;
  if (level === 0 || level === levels - 1) {
    const threshold = variable.low + (level === 0 ? 0.5 : levels - 1.5) * step;
    const reach = spread * normalTailQuantile(margin);
    const distance = Math.min(Math.abs(mean - threshold), reach);
    return { mean: level === 0 ? threshold - distance : threshold + distance, scale };
  }
  const low = variable.low + (level - 0.5) * step;
  const high = low + step;
  const lowTail = normalTail((mean - low) / spread);
  const highTail = normalTail((high - mean) / spread);
  const half = margin / 2;
  if (lowTail >= half && highTail >= half) return { mean, scale };
  const middle = 1 - lowTail - highTail;
  const raisedLow = Math.max(half, lowTail);
  const raisedHigh = Math.max(half, highTail);
  const excess = (1 - raisedLow - raisedHigh - middle) / (raisedLow + raisedHigh + middle - 3 * half);
  const zLow = normalTailQuantile(tailProbability(raisedLow + excess * (raisedLow - half)));
  const zHigh = normalTailQuantile(tailProbability(raisedHigh + excess * (raisedHigh - half)));
  return {
    mean: (low * zHigh + high * zLow) / (zLow + zHigh),
    scale: step / (deviation * (zLow + zHigh)),
  };
}

function tailProbability(p: number): number {
  return Math.min(0.5 - 1e-10, Math.max(1e-10, p));
}
