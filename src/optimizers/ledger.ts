import { compareRanked, fromJsonNumber, type JsonNumber, toJsonNumber } from '../cmaes/index.ts';
import { TrifoldError } from '../util/errors.ts';
import type { Best, Result } from './optimizer.ts';
import { checkSpace, type Point, pointFault, type Space } from './space.ts';

/** State of a {@link Ledger} as plain JSON. */
export interface LedgerState {
  /** Candidates asked for so far; the next candidate's id. */
  readonly asked: number;
  readonly evaluations: number;
  readonly best: BestState | null;
}

/** A {@link Best} as plain JSON. */
export interface BestState {
  readonly point: Point;
  readonly value: JsonNumber;
  readonly violation: JsonNumber;
}

/** A told result as plain JSON. */
export function toBestState({ point, value, violation }: Best): BestState {
  return { point, value: toJsonNumber(value), violation: toJsonNumber(violation) };
}

/** Inverse of {@link toBestState}. */
export function fromBestState({ point, value, violation }: BestState): Best {
  return { point, value: fromJsonNumber(value), violation: fromJsonNumber(violation) };
}

/** @throws TrifoldError `foreign` for points that do not lie in the space */
export function refuseForeignPoints(space: Space, points: readonly Point[]): void {
  checkSpace(space);
  for (const point of points) {
    const fault = pointFault(space, point);
    if (fault !== undefined) throw new TrifoldError('foreign', `not a state of this search: ${fault}`);
  }
}

/** The counts and the best result of an optimizer. */
export class Ledger {
  #asked: number;
  #evaluations: number;
  #best: Best | undefined;

  private constructor(asked: number, evaluations: number, best: Best | undefined) {
    this.#asked = asked;
    this.#evaluations = evaluations;
    this.#best = best;
  }

  /** Nothing asked, nothing told. */
  static empty(): Ledger {
    return new Ledger(0, 0, undefined);
  }

  /** Continues exactly where {@link Ledger.getState} was called. */
  static fromState({ asked, evaluations, best }: LedgerState): Ledger {
    return new Ledger(asked, evaluations, best === null ? undefined : fromBestState(best));
  }

  getState(): LedgerState {
    const best = this.#best;
    return {
      asked: this.#asked,
      evaluations: this.#evaluations,
      best: best === undefined ? null : toBestState(best),
    };
  }

  get evaluations(): number {
    return this.#evaluations;
  }

  get best(): Best | undefined {
    return this.#best;
  }

  /** Id of the next candidate. */
  nextId(): number {
    return this.#asked++;
  }

  /** Notes results after checking all of them. @throws TrifoldError `value` if a point does not lie in the space; nothing is noted then */
  note(space: Space, results: readonly Result[]): void {
    for (const { candidate } of results) {
      const fault = pointFault(space, candidate.point);
      if (fault !== undefined) throw new TrifoldError('value', `told a candidate outside the search space: ${fault}`);
    }
    for (const { candidate, value, violation = 0 } of results) {
      this.#evaluations++;
      const best = { point: candidate.point, value, violation };
      if (this.#best === undefined || compareRanked(best, this.#best) < 0) this.#best = best;
    }
  }
}
