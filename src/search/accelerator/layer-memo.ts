import type { Accelerator } from '../../accelerator/accelerator.ts';
import { acceleratorKey } from '../../accelerator/accelerator-key.ts';

/** The part of a mapping outcome that is remembered: the figures, or how far a search went before it was cut. Plain JSON. */
export type RememberedOutcome =
  | { readonly kind: 'mapped'; readonly energyPj: number; readonly cycles: number; readonly optimal: boolean }
  | { readonly kind: 'cut'; readonly lowerBound: number }
  | { readonly kind: 'unmappable'; readonly reason: string };

/** Remembers level-1 results by accelerator and layer; the accelerators that were used longest ago are forgotten first. Figures only, no mappings. */
export class LayerMemo {
  readonly #capacity: number;
  readonly #byAccelerator = new Map<string, Map<string, RememberedOutcome>>();

  /** @param capacity accelerators kept; >= 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Accelerators remembered at the moment. */
  get size(): number {
    return this.#byAccelerator.size;
  }

  /** The remembered layers of an accelerator, by `layerKey`; writing to the map remembers more. */
  layersOf(accelerator: Accelerator): Map<string, RememberedOutcome> {
    const key = acceleratorKey(accelerator);
    const layers = this.#byAccelerator.get(key) ?? new Map<string, RememberedOutcome>();
    this.#byAccelerator.delete(key);
    this.#byAccelerator.set(key, layers);
    if (this.#byAccelerator.size > this.#capacity) {
      const [oldest] = this.#byAccelerator.keys();
      if (oldest !== undefined) this.#byAccelerator.delete(oldest);
    }
    return layers;
  }
}
