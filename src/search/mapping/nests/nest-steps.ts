import { DIM_COUNT } from '../../../cost/kernel/model.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import { averageRefetches, type DimRounds, edgeShare, roundsAbove } from '../tiles/edge-refetches.ts';
import type { Depth } from './partial-nest.ts';

/** Steps of the loops chosen so far: what they mean for the MACs, and for the plain tensors Weights and Outputs. */
export class NestSteps {
  readonly #placement: CompiledPlacement;
  readonly #depths: readonly Depth[];
  /** [level][dim]; null with perfect factors, whose rounds are all alike. */
  readonly #rounds: readonly (readonly DimRounds[])[] | null;

  constructor(placement: CompiledPlacement, depths: readonly Depth[]) {
    this.#placement = placement;
    this.#depths = depths;
    const { model, lattice, spatial } = placement;
    this.#rounds =
      lattice.factors === 'perfect'
        ? null
        : Array.from({ length: model.levelCount }, (_, level) => roundsAbove(model, lattice, spatial, level));
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

  /** Refetches of a plain tensor into a level, on average over its words, of those of its loops: a last round of one live step may stand still. */
  averageRefetches(inner: number, tensor: number, refetches: number): number {
    return this.#rounds === null ? refetches : averageRefetches(refetches, this.#onceShare(inner, tensor));
  }

  /** Most words of a plain tensor that edges let stand still. */
  #onceShare(inner: number, tensor: number): number {
    const { lattice } = this.#placement;
    let once = 0;
    for (const d of lattice.activeDims) {
      if (((IRRELEVANT[tensor]! >> d) & 1) !== 0) continue;
      const values = lattice.values[d]!;
      const digit = lattice.digits[this.#depths[inner]!.point * DIM_COUNT + d]!;
      const rounds = this.#rounds![inner]![d]!;
      const share = edgeShare(rounds, digit, inner);
      if (share <= once) continue;
      if (rounds.children > 1) {
        once = share;
        continue;
      }
      for (let level = 1; level < inner; level++) {
        const round = lattice.digits[this.#depths[level]!.point * DIM_COUNT + d]!;
        if (round === values.length - 1 || round === digit) continue;
        const live = rounds.steps[digit]! - (rounds.steps[round]! - 1) * (values[round]! / values[digit]!);
        if (live <= 1) once = share;
      }
    }
    return once;
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
