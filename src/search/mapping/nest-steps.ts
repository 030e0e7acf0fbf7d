import { DIM_COUNT } from '../../cost/kernel-model.ts';
import { IRRELEVANT } from './loop-orders.ts';
import type { Depth, Placement } from './nest.ts';

/** Steps of the loops chosen so far: what they mean for the MACs, and for the plain tensors Weights and Outputs. */
export class NestSteps {
  readonly #placement: Placement;
  readonly #depths: readonly Depth[];

  constructor(placement: Placement, depths: readonly Depth[]) {
    this.#placement = placement;
    this.#depths = depths;
  }

  /** Least cycles of the MACs: at ragged bounds, all temporal bounds from the first tile that is not everything. */
  computeCycles(inner: number): number {
    const { lattice, computeCycles } = this.#placement;
    if (lattice.factors === 'perfect') return computeCycles;
    let cycles = 1;
    for (let d = 0; d < DIM_COUNT; d++) {
      const values = lattice.values[d]!;
      let steps = values[values.length - 1]!;
      for (let level = 1; level <= inner; level++) {
        const place = lattice.digits[this.#depths[level]!.point * DIM_COUNT + d]!;
        if (place === values.length - 1) continue;
        steps = values[place]! * lattice.above[d]![place]!;
        break;
      }
      cycles *= steps;
    }
    return cycles;
  }

  /** Least share of a plain tensor's words that its refetches move: a last round of one live step may stand still. */
  edgeShare(inner: number, tensor: number): number {
    const { lattice } = this.#placement;
    if (lattice.factors === 'perfect' || inner === 1) return 1;
    let share = 1;
    for (let d = 0; d < DIM_COUNT; d++) {
      if (((IRRELEVANT[tensor]! >> d) & 1) !== 0) continue;
      const values = lattice.values[d]!;
      const digit = lattice.digits[this.#depths[inner]!.point * DIM_COUNT + d]!;
      const steps = lattice.above[d]![digit]!;
      for (let level = 1; level < inner; level++) {
        const round = lattice.digits[this.#depths[level]!.point * DIM_COUNT + d]!;
        if (round === values.length - 1 || round === digit) continue;
        const live = steps - (lattice.above[d]![round]! - 1) * (values[round]! / values[digit]!);
        if (live <= 1) share = Math.min(share, 1 - 1 / steps);
      }
    }
    return share;
  }

  /** Refetches of a plain tensor into a level: irrelevant steps above, those of its stationary run left out. */
  refetches(inner: number, tensor: number): number {
    const { refetches, above, digits } = this.#placement.lattice;
    const mask = IRRELEVANT[tensor]!;
    let steps = refetches[tensor as 0 | 1 | 2][this.#depths[inner]!.point]!;
    for (let level = inner; level >= 1; level--) {
      const outer = this.#depths[level - 1]!.point * DIM_COUNT;
      const own = this.#depths[level]!.point * DIM_COUNT;
      for (const d of this.#depths[level]!.order) {
        if (((mask >> d) & 1) === 0) return steps;
        steps *= above[d]![digits[outer + d]!]! / above[d]![digits[own + d]!]!;
      }
    }
    return steps;
  }
}
