import { TrifoldError } from '../util/errors.ts';
import { Random, type RandomState } from '../util/random.ts';
import { Ledger, type LedgerState } from './ledger.ts';
import type { Best, Candidate, Optimizer, Result } from './optimizer.ts';
import { samplePoint } from './sampling.ts';
import { checkSpace, type Space } from './space.ts';

/** State of a {@link RandomSearch} as plain JSON. */
export interface RandomSearchState {
  readonly kind: 'random';
  readonly version: 1;
  readonly space: Space;
  readonly random: RandomState;
  readonly ledger: LedgerState;
}

/** Uniform random search: the baseline. It learns nothing; told results only set the best. */
export class RandomSearch implements Optimizer<RandomSearchState> {
  readonly space: Space;
  readonly batchSize = 1;
  readonly #random: Random;
  readonly #ledger: Ledger;

  private constructor(space: Space, random: Random, ledger: Ledger) {
    this.space = space;
    this.#random = random;
    this.#ledger = ledger;
  }

  /** @throws TrifoldError `value` if the space is not well formed */
  static create(space: Space, options: { readonly seed: number }): RandomSearch {
    checkSpace(space);
    return new RandomSearch(space, Random.fromSeed(options.seed), Ledger.empty());
  }

  /** Continues exactly where {@link RandomSearch.getState} was called. @throws TrifoldError `foreign` if it is not such a state */
  static fromState(state: RandomSearchState): RandomSearch {
    if (state.kind !== 'random' || state.version !== 1)
      throw new TrifoldError('foreign', 'not a state of random search');
    return new RandomSearch(state.space, Random.fromState(state.random), Ledger.fromState(state.ledger));
  }

  getState(): RandomSearchState {
    return {
      kind: 'random',
      version: 1,
      space: this.space,
      random: this.#random.getState(),
      ledger: this.#ledger.getState(),
    };
  }

  get evaluations(): number {
    return this.#ledger.evaluations;
  }

  ask(count = this.batchSize): Candidate[] {
    return Array.from({ length: count }, () => ({
      id: this.#ledger.nextId(),
      point: samplePoint(this.space, this.#random),
    }));
  }

  tell(results: readonly Result[]): void {
    this.#ledger.note(this.space, results);
  }

  best(): Best | undefined {
    return this.#ledger.best;
  }

  stopReasons(): readonly string[] {
    return [];
  }
}
