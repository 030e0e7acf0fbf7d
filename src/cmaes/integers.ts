import type { Distribution } from './distribution.ts';
import type { StrategyParameters } from './parameters.ts';
import { type IntegerVariable, levelsOf, nearestLevel, stepOf, type Variable } from './variables.ts';

/**
 * The integer coordinates of a search: what keeps them from staying beside the optimum, a least spread and centered parents
 * (T. Marty et al., "LB+IC-CMA-ES: Two Simple Modifications of CMA-ES to Handle Mixed-Integer Problems", PPSN 2024).
 */
export class IntegerGrid {
  readonly #coordinates: readonly { readonly index: number; readonly variable: IntegerVariable }[];
  readonly #leastSteps: number;

  constructor(variables: readonly Variable[], parameters: StrategyParameters) {
    this.#coordinates = variables.flatMap((variable, index) =>
      variable.kind === 'integer' ? [{ index, variable }] : [],
    );
    this.#leastSteps = leastDeviationSteps(parameters);
  }

  /** Number of integer coordinates. */
  get count(): number {
    return this.#coordinates.length;
  }

  /** The samples as the update learns from them: integers within their grid, those of the parents (positive weight) centered. */
  centered(
    latents: readonly (readonly number[])[],
    weights: Float64Array,
    mean: Float64Array,
  ): readonly (readonly number[])[] {
    if (this.count === 0) return latents;
    const moved = latents.map((latent) => [...latent]);
    const parents = moved.filter((_, k) => weights[k]! > 0);
    for (const { index, variable } of this.#coordinates) {
      for (const latent of moved) latent[index] = withinGrid(variable, latent[index]!);
      const column = Float64Array.from(parents, (latent) => latent[index]!);
      centerParents(variable, mean[index]!, column);
      for (const [k, latent] of parents.entries()) latent[index] = column[k]!;
    }
    return moved;
  }

  /** Widens spreads of integers that are below the least one. */
  keepSpread({ sigma, covariance, scales }: Distribution): void {
    for (const { index: i, variable } of this.#coordinates) {
      const deviation = sigma * scales[i]! * Math.sqrt(covariance.variance(i));
      const least = this.#leastSteps * stepOf(variable);
      if (deviation > 0 && deviation < least) scales[i] = (scales[i]! * least) / deviation;
    }
  }
}

/** Least standard deviation of an integer coordinate in steps of its grid: min(0.2, mu_eff/n) (LB+IC-CMA-ES, section 3). */
export function leastDeviationSteps(parameters: StrategyParameters): number {
  return Math.min(0.2, parameters.muEff / Math.max(1, parameters.dimension));
}

/** A coordinate within the outer cells of its grid: beyond them the objective knows no difference, and a mean led there would take long to return. */
export function withinGrid(variable: IntegerVariable, latent: number): number {
  const half = stepOf(variable) / 2;
  const last = variable.low + (levelsOf(variable) - 1) * stepOf(variable);
  return Math.min(last + half, Math.max(variable.low - half, latent));
}

/**
 * Integer centering of one coordinate (LB+IC-CMA-ES, section 4). Parents that round to another value than the mean move onto that value, so
 * that a success takes the mean along. What this shifts in their sum is taken back, as far as possible, from the parents that round to the
 * value of the mean: they move towards it. No parent changes its rounded value.
 * @param latents the coordinate of each parent; changed in place
 */
export function centerParents(variable: IntegerVariable, mean: number, latents: Float64Array): void {
  const step = stepOf(variable);
  const level = nearestLevel(variable, mean);
  const center = variable.low + level * step;
  let shift = 0;
  for (let k = 0; k < latents.length; k++) {
    const own = nearestLevel(variable, latents[k]!);
    if (own === level) continue;
    const value = variable.low + own * step;
    shift += value - latents[k]!;
    latents[k] = value;
  }
  const yields = (latent: number) => nearestLevel(variable, latent) === level && (center - latent) * shift < 0;
  let room = 0;
  for (const latent of latents) if (yields(latent)) room += center - latent;
  if (room === 0) return;
  const share = Math.min(1, -shift / room);
  for (let k = 0; k < latents.length; k++) {
    const latent = latents[k]!;
    if (yields(latent)) latents[k] = latent + share * (center - latent);
  }
}
