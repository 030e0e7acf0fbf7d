import { fromJsonNumber, type JsonNumber, toJsonNumber } from './json-number.ts';
import type { Ranked } from './ranking.ts';

/** A point to evaluate. Plain JSON. */
export interface CmaEsCandidate {
  /** Values of the coordinates: within bounds, on the grid. */
  readonly x: readonly number[];
  /** Choice of each categorical variable; absent or empty if there are none. */
  readonly choices?: readonly number[];
  /** The Gaussian sample behind `x`. Absent for points that come from elsewhere: they count as injected. */
  readonly latent?: readonly number[];
  /** Update count of the distribution that `latent` was sampled from. */
  readonly generation?: number;
}

/** An evaluated {@link CmaEsCandidate}. */
export interface CmaEsResult {
  readonly candidate: CmaEsCandidate;
  /** Objective, minimized; NaN and Infinity rank last. */
  readonly value: number;
  /** Degree of constraint violation; 0 (default) if feasible. Infeasible candidates rank behind all feasible ones. */
  readonly violation?: number;
}

/** Effects of one {@link CmaEs.tell}. */
export interface TellReport {
  /** Updates of the distribution that became due. */
  readonly updates: number;
  /** Told values that were NaN or infinite. They rank last (-Infinity: first). */
  readonly badValues: number;
  /** Updates in which all values were the same (the step size grew) or none was finite and feasible (nothing was learned). */
  readonly uninformative: number;
}

/** The best result told so far. */
export interface CmaEsBest {
  readonly x: readonly number[];
  readonly choices: readonly number[];
  readonly value: number;
  readonly violation: number;
}

/** A told result with everything filled in. */
export interface Told extends Ranked {
  readonly x: readonly number[];
  readonly choices: readonly number[];
  readonly latent: readonly number[];
  readonly generation: number;
}

/** Inverse of {@link toPending}. */
export function toTold(state: PendingState): Told {
  return { ...state, value: fromJsonNumber(state.value), violation: fromJsonNumber(state.violation) };
}

/** A told result as plain JSON. */
export function toPending(told: Told): PendingState {
  const { x, choices, latent, generation, value, violation } = told;
  return { x, choices, latent, generation, value: toJsonNumber(value), violation: toJsonNumber(violation) };
}

/** A told candidate as plain JSON. */
export interface PendingState {
  readonly x: readonly number[];
  readonly choices: readonly number[];
  readonly latent: readonly number[];
  readonly generation: number;
  readonly value: JsonNumber;
  readonly violation: JsonNumber;
}
