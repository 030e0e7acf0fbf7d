import type { RandomState } from '../util/random.ts';
import type { PendingState } from './candidate.ts';
import type { CategoricalState } from './categorical.ts';
import type { DistributionState } from './distribution.ts';
import type { HistoryState } from './history.ts';
import type { Problem } from './options.ts';
import type { CovarianceKind } from './parameters.ts';
import type { StopOptions, StopReason } from './termination.ts';

/** State of a {@link CmaEs} as plain JSON. `version` changes whenever its meaning does. */
export interface CmaEsState {
  readonly kind: 'cmaes';
  readonly version: 1;
  readonly problem: Problem;
  readonly populationSize: number;
  readonly active: boolean;
  readonly covarianceKind: CovarianceKind;
  readonly stop: StopOptions;
  readonly sigma0: number;
  readonly initialReach: number;
  readonly evaluations: number;
  readonly badValues: number;
  readonly distribution: DistributionState;
  /** Factor D of every coordinate on its deviation from the mean; 1 but for integers whose spread would fall below the least one. */
  readonly gridScales: readonly number[];
  readonly categorical: CategoricalState;
  readonly random: RandomState;
  /** Told, not yet used in an update. */
  readonly pending: readonly PendingState[];
  /** Injected, not yet handed out. */
  readonly injected: readonly { readonly x: readonly number[]; readonly choices: readonly number[] }[];
  readonly best: PendingState | null;
  readonly history: HistoryState;
  readonly flatRun: number;
  readonly badRun: number;
  readonly stopReasons: readonly StopReason[];
}
