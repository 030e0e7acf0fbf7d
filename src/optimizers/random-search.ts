import { TrifoldError } from '../util/errors.ts';
import { Random, type RandomState } from '../util/random.ts';
import { Ledger, type LedgerState, refuseForeignPoints } from './ledger.ts';
import type { Best, Candidate, Optimizer, Result } from './optimizer.ts';
import { samplePoint } from './sampling.ts';
import { checkSpace, type Point, type Space } from './space.ts';

/** A part of the space that is sampled more. */
export interface Neighbourhood {
  readonly point: Point;
  /** Share of the samples whose continuous values lie around those of the point; all other values are uniform always. */
  readonly share: number;
  /** Standard deviation as a share of each dimension's range. */
  readonly deviation: number;
}

/** State of a {@link RandomSearch} as plain JSON. */
export interface RandomSearchState {
  readonly kind: 'random';
  readonly version: 1;
  readonly space: Space;
  readonly random: RandomState;
  readonly ledger: LedgerState;
  readonly near?: Neighbourhood;
}

/** Uniform random search: the baseline. It learns nothing; told results only set the best. */
export class RandomSearch implements Optimizer<RandomSearchState> {
  readonly space: Space;
  readonly batchSize = 1;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #near: Neighbourhood | undefined;

  private constructor(space: Space, random: Random, ledger: Ledger, near: Neighbourhood | undefined) {
    this.space = space;
    this.#random = random;
    this.#ledger = ledger;
    this.#near = near;
  }

  /** @throws TrifoldError `value` if the space is not well formed */
  static create(space: Space, options: { readonly seed: number; readonly near?: Neighbourhood }): RandomSearch {
    checkSpace(space);
    return new RandomSearch(space, Random.fromSeed(options.seed), Ledger.empty(), options.near);
  }

  /** Continues exactly where {@link RandomSearch.getState} was called. @throws TrifoldError `foreign` if it is not such a state */
  static fromState(state: RandomSearchState): RandomSearch {
    if (state.kind !== 'random' || state.version !== 1)
      throw new TrifoldError('foreign', 'not a state of random search');
    const { best } = state.ledger;
    const points = [state.near?.point, best?.point];
    refuseForeignPoints(
      state.space,
      points.filter((point) => point !== undefined),
    );
    return new RandomSearch(state.space, Random.fromState(state.random), Ledger.fromState(state.ledger), state.near);
  }

  getState(): RandomSearchState {
    return {
      kind: 'random',
      version: 1,
      space: this.space,
      random: this.#random.getState(),
      ledger: this.#ledger.getState(),
      ...(this.#near === undefined ? {} : { near: this.#near }),
    };
  }

  get evaluations(): number {
    return this.#ledger.evaluations;
  }

  ask(count = this.batchSize): Candidate[] {
    return Array.from({ length: count }, () => ({
      id: this.#ledger.nextId(),
      point: this.#sample(),
    }));
  }

  #sample(): Point {
    const near = this.#near;
    const uniform = samplePoint(this.space, this.#random);
    if (near === undefined || this.#random.nextUnit() >= near.share) return uniform;
    return this.space.map((dimension, i) => {
      const centre = near.point[i]!;
      if (dimension.kind !== 'continuous' || typeof centre !== 'number') return uniform[i]!;
      const { low, high } = dimension;
      return Math.min(high, Math.max(low, centre + near.deviation * (high - low) * this.#random.nextNormal()));
    });
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
