import type { CmaEsBest } from './candidate.ts';
import { CmaEs } from './cmaes.ts';
import type { CmaEsOptions } from './options.ts';
import { RestartingCmaEs, type RestartOptions } from './restarts.ts';

/** Result of {@link minimize}. */
export interface Minimum extends CmaEsBest {
  readonly evaluations: number;
  /** Why the search ended. */
  readonly reasons: readonly string[];
}

/**
 * Asks, evaluates and tells until a stopping criterion holds; with a restart `policy`, until `target`, `maxEvaluations` or `maxRestarts`.
 * @param objective value to be minimized, of the coordinates and the choices
 * @throws TrifoldError `value` if an option is out of range; whatever `objective` throws
 */
export function minimize(
  objective: (x: readonly number[], choices: readonly number[]) => number,
  options: CmaEsOptions | RestartOptions,
): Minimum {
  const strategy = 'policy' in options ? RestartingCmaEs.create(options) : CmaEs.create(options);
  while (strategy.stopReasons().length === 0) {
    strategy.tell(
      strategy.ask().map((candidate) => ({ candidate, value: objective(candidate.x, candidate.choices ?? []) })),
    );
  }
  // A criterion only ever holds after something was told.
  const best = strategy.best!;
  return { ...best, evaluations: strategy.evaluations, reasons: strategy.stopReasons() };
}
