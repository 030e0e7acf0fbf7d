import type { Point, Space } from './space.ts';

/** Something to evaluate. Plain JSON: it may travel to a worker or a file and back. */
export interface Candidate {
  /** Number of the candidate in the order of asking, from 0; seeds of an evaluation may be derived from it. -1: not asked for (injected). */
  readonly id: number;
  readonly point: Point;
  /** Data that the optimizer needs to learn from the candidate; to be handed back untouched. Absent for injected candidates. */
  readonly trace?: CandidateTrace;
}

/** Optimizer-private part of a {@link Candidate}. */
export interface CandidateTrace {
  /** Coordinates of the sample before they were turned into a point. */
  readonly latent: readonly number[];
  /** Update of the optimizer from which the candidate was sampled. */
  readonly generation: number;
}

/** An evaluated candidate. */
export interface Result {
  readonly candidate: Candidate;
  /** Objective, minimized. Infinity and NaN are allowed and rank last, in this order. */
  readonly value: number;
  /** Degree of constraint violation, 0 (default) if feasible; infeasible results rank behind feasible ones, by violation. */
  readonly violation?: number;
}

/** The best result told so far. */
export interface Best {
  readonly point: Point;
  readonly value: number;
  readonly violation: number;
}

/** A black-box optimizer, driven from outside by asking and telling.
 *
 * - `ask(k)` returns k candidates for any k >= 0, whether or not earlier ones were told. Asking never changes what was learned, only the random state.
 * - `tell` takes results in any number and order, of any earlier ask. What is told in the same order gives the same optimizer, however it was batched.
 * - A candidate that is asked for and never told is forgotten without cost: to resample invalid candidates, ask for more and do not tell the invalid
 *   ones. (Telling them with a violation instead lets the optimizer learn to avoid them.)
 * - A candidate that was not asked for may be told: build one with {@link injectedCandidate}.
 * - Results of candidates sampled before the last update of the optimizer are welcome.
 * - Same space, options, seed and calls: same candidates, on every machine with the same engine.
 * - `getState()` is plain JSON; the static `fromState` of the implementation continues from it as if never stopped, bit for bit.
 * - `tell` throws TrifoldError `value` if a point does not lie in the space; nothing of the batch is then learned.
 */
export interface Optimizer<State = unknown> {
  readonly space: Space;
  /** Number of candidates to ask for at once: what the optimizer needs for one update, or 1 if it does not care. */
  readonly batchSize: number;
  /** Results told so far. */
  readonly evaluations: number;
  ask(count?: number): Candidate[];
  tell(results: readonly Result[]): void;
  /** Best result told so far (feasible before infeasible), undefined before the first one. */
  best(): Best | undefined;
  /** Why asking on is pointless; empty while it is not. Asking on remains possible. */
  stopReasons(): readonly string[];
  getState(): State;
}

/** A candidate for a point from elsewhere: a known good solution, a result of another search. */
export function injectedCandidate(point: Point): Candidate {
  return { id: -1, point };
}
