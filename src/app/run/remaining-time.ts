/** Range of the exponent of the pace. All searches that were measured got faster, also where their first generations did not show it. */
const LEAST_EXPONENT = 0.3;
const MOST_EXPONENT = 0.9;

/**
 * Estimates the time that the rest of a search takes. Its first generations are slow (bad designs are hard to map and nothing is known to
 * stop them by), so the mean pace is far too pessimistic: the time of n candidates is taken as a * n^b, with b from how long the
 * first half of them took, between 0.3 and 0.9.
 */
export class RemainingTime {
  readonly #samples: { readonly done: number; readonly seconds: number }[] = [{ done: 0, seconds: 0 }];

  /** @param done candidates finished, more than before; @param seconds since the first was begun */
  add(done: number, seconds: number): void {
    this.#samples.push({ done, seconds });
  }

  /** Seconds until `total` candidates are done, >= 0; null before two samples: one says nothing of how the pace changes. */
  estimate(total: number): number | null {
    const last = this.#samples.at(-1)!;
    if (this.#samples.length < 3) return null;
    const half = this.#secondsOf(last.done / 2);
    const exponent = Math.log2(last.seconds / Math.max(half, 1e-9));
    const clipped = Math.min(MOST_EXPONENT, Math.max(LEAST_EXPONENT, Number.isFinite(exponent) ? exponent : 1));
    return Math.max(0, last.seconds * ((total / last.done) ** clipped - 1));
  }

  /** Seconds that the first `done` candidates took, between samples by proportion. */
  #secondsOf(done: number): number {
    const next = this.#samples.findIndex((sample) => sample.done >= done);
    const [a, b] = [this.#samples[next - 1]!, this.#samples[next]!];
    return a.seconds + ((done - a.done) / (b.done - a.done)) * (b.seconds - a.seconds);
  }
}
