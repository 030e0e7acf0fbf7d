import type { Told } from './candidate.ts';
import { fromJsonNumber, type JsonNumber, toJsonNumber } from './json-number.ts';
import { medianOf } from './termination.ts';

/** State of a {@link ValueHistory} as plain JSON. */
export interface HistoryState {
  readonly best: readonly JsonNumber[];
  readonly median: readonly JsonNumber[];
  readonly lastSpread: JsonNumber;
}

/** Best and median values of past generations, newest last. Infeasible results and NaN count as Infinity. */
export class ValueHistory {
  #best: number[];
  #median: number[];
  #lastSpread: number;

  private constructor(state: HistoryState) {
    this.#best = state.best.map(fromJsonNumber);
    this.#median = state.median.map(fromJsonNumber);
    this.#lastSpread = fromJsonNumber(state.lastSpread);
  }

  /** No generations yet. */
  static empty(): ValueHistory {
    return new ValueHistory({ best: [], median: [], lastSpread: 'Infinity' });
  }

  /** Continues exactly where {@link ValueHistory.getState} was called. */
  static fromState(state: HistoryState): ValueHistory {
    return new ValueHistory(state);
  }

  /** The state as plain JSON. */
  getState(): HistoryState {
    return {
      best: this.#best.map(toJsonNumber),
      median: this.#median.map(toJsonNumber),
      lastSpread: toJsonNumber(this.#lastSpread),
    };
  }

  /** Best value of every remembered generation. */
  get best(): readonly number[] {
    return this.#best;
  }

  /** Median value of every remembered generation. */
  get median(): readonly number[] {
    return this.#median;
  }

  /** Worst minus best value of the last generation. */
  get lastSpread(): number {
    return this.#lastSpread;
  }

  /**
   * Adds a generation.
   * @param order indices of `population` from best to worst
   * @param keep generations to remember at least
   */
  record(population: readonly Told[], order: readonly number[], keep: number): void {
    const values = order.map((k) => effectiveValue(population[k]!));
    this.#best.push(values[0]!);
    this.#median.push(medianOf(values));
    this.#lastSpread = values[values.length - 1]! - values[0]!;
    if (this.#best.length <= 2 * keep) return;
    this.#best = this.#best.slice(-keep);
    this.#median = this.#median.slice(-keep);
  }
}

function effectiveValue({ value, violation }: Told): number {
  return violation > 0 || Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}
