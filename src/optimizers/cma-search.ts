import {
  CmaEs,
  type CmaEsState,
  RestartingCmaEs,
  type RestartPolicy,
  type RestartState,
  type StopOptions,
  type Variable,
} from '../cmaes/index.ts';
import { TrifoldError } from '../util/errors.ts';
import { decodePoint, encodePoint, encodingOf } from './encoding.ts';
import { Ledger, type LedgerState, refuseForeignPoints } from './ledger.ts';
import type { Best, Candidate, Optimizer, Result } from './optimizer.ts';
import { checkSpace, type Point, type Space } from './space.ts';

/** How to set up a {@link CmaSearch}. */
export interface CmaSearchOptions {
  /** 32-bit seed. */
  readonly seed: number;
  /** Centre of the first samples; the middle of the space by default. Categorical values are ignored: all choices start equally likely. */
  readonly start?: Point;
  /** Initial standard deviation as a share of each dimension's range; 0.3 by default. */
  readonly sigma?: number;
  /** Candidates per update; the default of CMA-ES for the number of coordinates and choices. */
  readonly populationSize?: number;
  /** Negative weights for bad candidates; true by default. */
  readonly active?: boolean;
  /** Full covariance (default) or its diagonal only. */
  readonly covariance?: 'full' | 'diagonal';
  /** Start again when a run stops; never by default. */
  readonly restarts?: RestartPolicy;
  /** Restarts with a grown population; 9 by default. */
  readonly maxRestarts?: number;
  readonly stop?: Partial<StopOptions>;
}

/** State of a {@link CmaSearch} as plain JSON. */
export interface CmaSearchState {
  readonly kind: 'cma-search';
  readonly version: 1;
  readonly space: Space;
  readonly strategy: CmaEsState | RestartState;
  readonly ledger: LedgerState;
}

/** CMA-ES on any space: reals in [0, 1], integer levels that keep a least spread, categories by their probabilities, orders by importance or index. */
export class CmaSearch implements Optimizer<CmaSearchState> {
  readonly space: Space;
  readonly #strategy: CmaEs | RestartingCmaEs;
  readonly #ledger: Ledger;

  private constructor(space: Space, strategy: CmaEs | RestartingCmaEs, ledger: Ledger) {
    this.space = space;
    this.#strategy = strategy;
    this.#ledger = ledger;
  }

  /** @throws TrifoldError `value` if the space or an option is not well formed */
  static create(space: Space, options: CmaSearchOptions): CmaSearch {
    checkSpace(space);
    const { start, sigma = 0.3, restarts, ...rest } = options;
    const { coordinates, categories } = encodingOf(space);
    const variables = coordinates.map(
      (c): Variable =>
        c.kind === 'unit' ? { kind: 'continuous', low: 0, high: 1 } : { kind: 'integer', low: 0, high: c.levels - 1 },
    );
    const scales = variables.map((v) => Math.max(1, v.high ?? 1));
    const mean =
      start === undefined
        ? scales.map((scale, i) => middle(variables[i]!, scale))
        : encodePoint(space, start).coordinates;
    const setup = { ...rest, mean, sigma, variables, scales, categories };
    const strategy =
      restarts === undefined ? CmaEs.create(setup) : RestartingCmaEs.create({ ...setup, policy: restarts });
    return new CmaSearch(space, strategy, Ledger.empty());
  }

  /** Continues exactly where {@link CmaSearch.getState} was called. @throws TrifoldError `foreign` if it is not such a state */
  static fromState(state: CmaSearchState): CmaSearch {
    if (state.kind !== 'cma-search' || state.version !== 1)
      throw new TrifoldError('foreign', 'not a state of CMA-ES search');
    const { strategy, ledger } = state;
    refuseForeignPoints(state.space, ledger.best === null ? [] : [ledger.best.point]);
    const { coordinates, categories } = encodingOf(state.space);
    const { problem } = strategy.kind === 'cmaes' ? strategy : strategy.run;
    if (problem.variables.length !== coordinates.length || problem.categories.join() !== categories.join())
      throw new TrifoldError('foreign', 'not a state of CMA-ES search: its strategy belongs to another space');
    const resumed = strategy.kind === 'cmaes' ? CmaEs.fromState(strategy) : RestartingCmaEs.fromState(strategy);
    return new CmaSearch(state.space, resumed, Ledger.fromState(ledger));
  }

  getState(): CmaSearchState {
    return {
      kind: 'cma-search',
      version: 1,
      space: this.space,
      strategy: this.#strategy.getState(),
      ledger: this.#ledger.getState(),
    };
  }

  /** The population size of the strategy. */
  get batchSize(): number {
    return this.#strategy.populationSize;
  }

  get evaluations(): number {
    return this.#ledger.evaluations;
  }

  ask(count = this.batchSize): Candidate[] {
    return this.#strategy.ask(count).map(({ x, choices = [], latent = x, generation = -1 }) => ({
      id: this.#ledger.nextId(),
      point: decodePoint(this.space, { coordinates: x, choices }),
      trace: { latent, generation },
    }));
  }

  tell(results: readonly Result[]): void {
    this.#ledger.note(this.space, results);
    this.#strategy.tell(
      results.map(({ candidate, value, violation = 0 }) => {
        const { coordinates, choices } = encodePoint(this.space, candidate.point);
        return { candidate: { x: coordinates, choices, ...candidate.trace }, value, violation };
      }),
    );
  }

  best(): Best | undefined {
    return this.#ledger.best;
  }

  stopReasons(): readonly string[] {
    return this.#strategy.stopReasons();
  }
}

function middle(variable: Variable, scale: number): number {
  return variable.high === 0 ? 0 : scale / 2;
}
