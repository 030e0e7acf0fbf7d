import type { CmaEsCandidate, CmaEsResult, TellReport } from '../../src/cmaes/index.ts';

/** Anything that is asked and told like CMA-ES. */
export interface AskTell {
  ask(count?: number): CmaEsCandidate[];
  tell(results: readonly CmaEsResult[]): TellReport;
  stopReasons(): readonly string[];
}

/** Asks for a batch, evaluates it, tells it. */
export function step(es: AskTell, f: (x: readonly number[], choices: readonly number[]) => number): TellReport {
  return es.tell(es.ask().map((candidate) => ({ candidate, value: f(candidate.x, candidate.choices ?? []) })));
}

/** Steps until a stopping criterion holds, at most `limit` times. */
export function runToStop(
  es: AskTell,
  f: (x: readonly number[], choices: readonly number[]) => number,
  limit = 20_000,
): readonly string[] {
  for (let i = 0; i < limit && es.stopReasons().length === 0; i++) step(es, f);
  return es.stopReasons();
}

/** What JSON makes of a value. */
export function json<T>(value: T): T {
  // What JSON.parse gives back for plain JSON is of the type that was written.
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Sum of squares. */
export function sphere(x: readonly number[]): number {
  return x.reduce((sum, v) => sum + v * v, 0);
}

/** Convex quadratic with condition number 1e6. */
export function ellipsoid(x: readonly number[]): number {
  return x.reduce((sum, v, i) => sum + 1e6 ** (i / Math.max(1, x.length - 1)) * v * v, 0);
}
