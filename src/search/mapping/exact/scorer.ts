import type { Evaluation } from '../../../cost/evaluation.ts';
import { compileKernel, type Kernel } from '../../../cost/kernel/kernel.ts';
import { DIM_COUNT } from '../../../cost/kernel/model.ts';
import {
  copyPackedMapping,
  emptyPackedMapping,
  type PackedMapping,
  unpackMapping,
} from '../../../cost/packed-mapping.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { DIMS } from '../../../util/vocabulary.ts';
import type { Mapspace, Placement } from '../mapspace.ts';
import type { FoundTiling } from '../nests/partial-nest.ts';

/** Energy and latency of a complete mapping. */
export interface Figures {
  readonly energyPj: number;
  readonly cycles: number;
}

/** Takes a complete mapping whose lower bound is below the incumbent. @returns its value; infinite when it is illegal */
export type ScoreTiling = (placement: Placement, tiling: FoundTiling) => number;

/** Scores complete mappings by the compiled cost model. */
export class Scorer {
  readonly #kernel: Kernel;
  readonly #packed: PackedMapping;
  readonly #mapspace: Mapspace;

  constructor(mapspace: Mapspace) {
    this.#mapspace = mapspace;
    const { layer, accelerator, temporalReuse } = mapspace;
    this.#kernel = compileKernel(layer, accelerator, { temporalReuse });
    this.#packed = emptyPackedMapping(this.#kernel.layout);
  }

  /** Energy and latency of a mapping; null when it is illegal. */
  score(placement: Placement, tiling: FoundTiling): Figures | null {
    this.#pack(placement, tiling);
    return this.#kernel.evaluate(this.#packed) === 0
      ? { energyPj: this.#kernel.energyPj, cycles: this.#kernel.cycles }
      : null;
  }

  /** The mapping scored last, in arrays of its own. */
  lastScored(): PackedMapping {
    return copyPackedMapping(this.#packed);
  }

  /** A mapping with its full evaluation, equal to the reference model's. */
  report(packed: PackedMapping): { readonly mapping: Mapping; readonly evaluation: Evaluation } {
    const evaluation = this.#kernel.toEvaluation(packed);
    if (!evaluation.feasible)
      throw new Error(`the search found an illegal mapping: ${evaluation.violations[0]!.message}`);
    return { mapping: unpackMapping(this.#kernel.layout, packed), evaluation };
  }

  #pack(placement: Placement, tiling: FoundTiling): void {
    const { temporal, order, spatial, keep } = this.#packed;
    const { arrayNames, arrayCount } = this.#kernel.layout;
    temporal.fill(1);
    spatial.fill(1);
    keep.set(placement.keep);
    for (let level = 0; level < this.#mapspace.model.levelCount; level++) {
      const row = level * DIM_COUNT;
      let listed = 0;
      let place = row;
      for (const [d, bound] of tiling.loops[level]!) {
        temporal[row + d] = bound;
        order[place++] = d;
        listed |= 1 << d;
      }
      for (let d = 0; d < DIM_COUNT; d++) if (((listed >> d) & 1) === 0) order[place++] = d;
      for (const { dim, bound, array } of placement.choice.loops[level]!)
        spatial[(level * arrayCount + arrayNames[level]!.indexOf(array)) * DIM_COUNT + DIMS.indexOf(dim)] = bound;
    }
  }
}
