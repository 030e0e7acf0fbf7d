/** How strongly the first load moves the weights; later ones ever less. */
const STEP = 2;
/** Loads that count alike, over the least cycles. */
const MOST_LOAD = 4;

/**
 * Weights of flows and of the cycles of the MACs, which sum to 1: what a mapping with the least joint sum exceeds most gains weight, so that the sum of the
 * weighted flows comes to stand for the largest of them.
 */
export class JointWeights {
  readonly weights: Float64Array;
  readonly #scores: Float64Array;
  #rounds = 0;

  /** @param loads [flow, the MACs last]: cycles over the least ones */
  constructor(loads: Float64Array) {
    this.weights = new Float64Array(loads.length);
    this.#scores = new Float64Array(loads.length);
    this.add(loads);
  }

  /** Takes the loads of another mapping. */
  add(loads: Float64Array): void {
    const step = STEP / Math.sqrt(++this.#rounds);
    let most = Number.NEGATIVE_INFINITY;
    for (let f = 0; f < loads.length; f++) {
      this.#scores[f]! += step * Math.min(loads[f]!, MOST_LOAD);
      most = Math.max(most, this.#scores[f]!);
    }
    let sum = 0;
    for (let f = 0; f < loads.length; f++) sum += this.weights[f] = Math.exp(this.#scores[f]! - most);
    for (let f = 0; f < loads.length; f++) this.weights[f]! /= sum;
  }
}
