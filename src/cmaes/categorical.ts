import type { Random } from '../util/random.ts';

/** State of a {@link CategoricalModel} as plain JSON. */
export interface CategoricalState {
  /** Probabilities of the choices, per variable. */
  readonly probabilities: readonly (readonly number[])[];
  /** Accumulated natural gradient s, per free parameter. */
  readonly path: readonly number[];
  /** Inverse trust-region radius Delta. */
  readonly inverseRadius: number;
  /** Normalization of the path, gamma. */
  readonly gamma: number;
}

const ALPHA = 1.5;

/**
 * Independent categorical distributions, moved along the natural gradient with an adaptive trust region (ASNG; Y. Akimoto et al., ICML 2019,
 * algorithm 1 and appendix B), with a margin that keeps every choice possible (R. Hamano et al., "CatCMA", GECCO 2024, section 4).
 */
export class CategoricalModel {
  readonly #probabilities: number[][];
  readonly #path: Float64Array;
  #inverseRadius: number;
  #gamma: number;

  private constructor(state: CategoricalState) {
    this.#probabilities = state.probabilities.map((row) => [...row]);
    this.#path = Float64Array.from(state.path);
    this.#inverseRadius = state.inverseRadius;
    this.#gamma = state.gamma;
  }

  /** The uniform distribution over variables with the given numbers of choices (each >= 1). */
  static uniform(choices: readonly number[]): CategoricalModel {
    const probabilities = choices.map((count) => Array.from({ length: count }, () => 1 / count));
    const parameters = choices.reduce((sum, count) => sum + count - 1, 0);
    return new CategoricalModel({
      probabilities,
      path: new Array<number>(parameters).fill(0),
      inverseRadius: 1,
      gamma: 0,
    });
  }

  /** Continues exactly where {@link CategoricalModel.getState} was called. */
  static fromState(state: CategoricalState): CategoricalModel {
    return new CategoricalModel(state);
  }

  getState(): CategoricalState {
    return {
      probabilities: this.#probabilities.map((row) => [...row]),
      path: [...this.#path],
      inverseRadius: this.#inverseRadius,
      gamma: this.#gamma,
    };
  }

  /** Number of variables. */
  get size(): number {
    return this.#probabilities.length;
  }

  /** Probability of a choice. */
  probability(variable: number, choice: number): number {
    return this.#probabilities[variable]![choice]!;
  }

  /** One choice per variable. */
  sample(random: Random): number[] {
    return this.#probabilities.map((row) => {
      let left = random.nextUnit();
      for (let choice = 0; choice < row.length - 1; choice++) {
        left -= row[choice]!;
        if (left < 0) return choice;
      }
      return row.length - 1;
    });
  }

  /** Moves the distribution towards the choices with positive weight; `samples[k]` has weight `weights[k]`, negative weights count as 0. */
  update(samples: readonly (readonly number[])[], weights: Float64Array): void {
    const gradient = this.#naturalGradient(samples, weights);
    const scaled = this.#fisherRoot(gradient);
    const norm = Math.sqrt(scaled.reduce((sum, s) => sum + s * s, 0));
    if (!(norm > 1e-30)) return;
    const radius = 1 / this.#inverseRadius;
    const beta = radius / Math.sqrt(this.#path.length);
    this.#probabilities.forEach((row, d) => {
      for (let k = 0; k < row.length; k++) row[k] = row[k]! + (radius / norm) * gradient[d]![k]!;
    });
    let length = 0;
    for (let i = 0; i < scaled.length; i++) {
      const s = (1 - beta) * this.#path[i]! + Math.sqrt(beta * (2 - beta)) * (scaled[i]! / norm);
      this.#path[i] = s;
      length += s * s;
    }
    this.#gamma = (1 - beta) ** 2 * this.#gamma + beta * (2 - beta);
    this.#inverseRadius = Math.max(1, this.#inverseRadius * Math.exp(beta * (this.#gamma - length / ALPHA)));
    for (const row of this.#probabilities) keepMargin(row, this.#probabilities.length);
  }

  #naturalGradient(samples: readonly (readonly number[])[], weights: Float64Array): number[][] {
    let total = 0;
    for (const weight of weights) total += Math.max(0, weight);
    return this.#probabilities.map((row, d) => {
      const gradient = row.map((q) => -total * q);
      samples.forEach((sample, k) => {
        const choice = sample[d]!;
        gradient[choice] = gradient[choice]! + Math.max(0, weights[k]!);
      });
      return gradient;
    });
  }

  /** The gradient times the square root of the Fisher matrix (ICML 2019, appendix B): one entry per free parameter. */
  #fisherRoot(gradient: readonly (readonly number[])[]): number[] {
    return this.#probabilities.flatMap((row, d) => {
      const last = row[row.length - 1]!;
      const free = row.slice(0, -1);
      const sum = free.reduce((total, _, k) => total + gradient[d]![k]!, 0);
      return free.map((q, k) => gradient[d]![k]! / Math.sqrt(q) + (Math.sqrt(q) * sum) / (last + Math.sqrt(last)));
    });
  }
}

/** Raises probabilities to the lower bound (1 - 0.73^(1/D)) / (K - 1) and takes the excess from the others in proportion (CatCMA, eqs. 18-20). */
function keepMargin(row: number[], variables: number): void {
  if (row.length === 1) return;
  const least = Math.min((1 - 0.73 ** (1 / variables)) / (row.length - 1), 1 / row.length);
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    row[k] = Math.max(least, row[k]!);
    sum += row[k]!;
  }
  const spare = sum - least * row.length;
  if (spare > 0) for (let k = 0; k < row.length; k++) row[k] = row[k]! - ((sum - 1) * (row[k]! - least)) / spare;
  const total = row.reduce((a, b) => a + b, 0);
  for (let k = 0; k < row.length; k++) row[k] = row[k]! / total;
}
