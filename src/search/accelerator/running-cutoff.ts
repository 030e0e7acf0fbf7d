import type { KeepBest } from '../ports.ts';

/** The score that a candidate has to reach to be among the best, which falls while candidates are scored. */
export class RunningCutoff {
  readonly #count: number;
  /** The best so far, best first; `#count` at most. */
  #best: readonly number[] = [];

  /** @param keep absent = all candidates matter, and nothing is ever cut off */
  constructor(keep: KeepBest | undefined) {
    this.#count = keep?.count ?? Infinity;
    for (const score of keep?.scores ?? []) this.add(score);
  }

  /** Notes the score of a candidate. */
  add(score: number): void {
    if (Number.isFinite(this.#count)) this.#best = [...this.#best, score].sort((a, b) => a - b).slice(0, this.#count);
  }

  /** Score of the last of the best; null while there are fewer. */
  get value(): number | null {
    return this.#best[this.#count - 1] ?? null;
  }

  /** The lower of this and a cutoff of its own; null = none. */
  below(cutoff: number | null): number | null {
    const least = Math.min(cutoff ?? Infinity, this.value ?? Infinity);
    return least === Infinity ? null : least;
  }
}
