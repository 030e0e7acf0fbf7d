import type { Incumbent } from './incumbent.ts';

/**
 * Lower bounds of the objective from bounds of the energy, of the cycles, and of energy + price x cycles together: where little energy takes many cycles and
 * few cycles take much energy, the first two alone promise what no mapping keeps. Whatever the price, all three hold; a good one is the slope of the
 * objective.
 */
export class JointBound {
  /** Price of a cycle, pJ; 0: energy and cycles are bounded apart. */
  pjPerCycle = 0;
  /** Whether mappings are compared by the joint sum alone, and none is cut. */
  isPricing = false;
  readonly #incumbent: Incumbent;

  constructor(incumbent: Incumbent) {
    this.#incumbent = incumbent;
  }

  /** Whether a bound leaves something of interest. */
  isBetter(bound: number): boolean {
    return this.isPricing || this.#incumbent.isBetter(bound);
  }

  /** Bound of the objective from the least dynamic energy, the least cycles, and the least sum of the energy and the priced cycles. */
  of(dynamicPj: number, cycles: number, jointPj: number): number {
    if (this.isPricing) return jointPj;
    const bound = this.#incumbent.bound(dynamicPj, cycles);
    if (this.pjPerCycle === 0 || !this.#incumbent.isBetter(bound)) return bound;
    // Sums in another order may be larger by rounding.
    const joint = jointPj * (1 - 1e-12);
    const mostCycles = (joint - dynamicPj) / this.pjPerCycle;
    if (!(mostCycles > cycles)) return bound;
    // A quasi-concave function is least at one of the two corners of what is left.
    return Math.min(
      this.#incumbent.bound(joint - this.pjPerCycle * cycles, cycles),
      this.#incumbent.bound(dynamicPj, mostCycles),
    );
  }
}
