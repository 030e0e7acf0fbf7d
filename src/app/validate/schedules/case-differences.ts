/** A figure that differs from what a case records. */
export interface Difference {
  readonly id: string;
  /** E.g. `segment 1, b at iteration 2`; null: of the whole network. */
  readonly step: string | null;
  /** E.g. `1.Inputs.reads`. */
  readonly figure: string;
  readonly expected: number | string | null;
  readonly actual: number | string | null;
}

/** Energies are sums of doubles in another order than the record's. */
const ENERGY_TOLERANCE = 1e-9;

/** The differences of one case. */
export class CaseDifferences {
  readonly found: Difference[] = [];
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  /** Keeps a figure that is not the expected one. */
  compare(step: string | null, figure: string, expected: Difference['expected'], actual: Difference['actual']): void {
    if (expected !== actual) this.found.push({ id: this.#id, step, figure, expected, actual });
  }

  /** Keeps an energy, or a product with one, that differs by more than the rounding of sums. */
  energy(step: string | null, figure: string, expected: number, actual: number): void {
    if (Math.abs(actual - expected) <= Math.abs(expected) * ENERGY_TOLERANCE) return;
    this.compare(step, figure, expected, actual);
  }
}
