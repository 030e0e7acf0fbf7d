import type { Factors } from '../accelerator/bounds.ts';
import { searchExact } from '../mapping/exact/exact.ts';
import { makeMapspace } from '../mapping/mapspace.ts';
import { objectiveOf } from '../mapping/sampled/sampled-layer-mapper.ts';
import type { LayerMapper } from '../ports.ts';

/** Growth of the limit while a layer has no mapping at all. */
const LIMIT_GROWTH = 8;

/** How a {@link limitedLayerMapper} works. */
export interface LimitedMapperOptions {
  readonly factors: Factors;
  /** Partial mappings to bound per layer; >= 1. */
  readonly nodeLimit: number;
}

/**
 * The exact mapper with an end: beyond the limit it returns the best mapping so far with its honest bound, and with a cutoff that
 * nothing has come below by then, the layer counts as cut at the cutoff. That is a guess (no proof); it is made for networks that a
 * search is about to drop. A layer without any mapping gets a larger limit until one is found.
 */
export function limitedLayerMapper({ factors, nodeLimit }: LimitedMapperOptions): LayerMapper {
  return {
    map: (layer, accelerator, goal, cutoff) => {
      const mapspace = makeMapspace({ layer, accelerator, factors });
      if (!mapspace.feasible) return { kind: 'unmappable', reason: mapspace.reason };
      for (let limit = nodeLimit; ; limit *= LIMIT_GROWTH) {
        const result = searchExact(mapspace, objectiveOf(goal), {
          nodeLimit: limit,
          ...(cutoff === undefined ? {} : { cutoff }),
        });
        if (result.kind === 'infeasible') return { kind: 'unmappable', reason: result.reason };
        const { evaluations, lowerBound, optimal } = result.certificate;
        if (result.kind === 'found') {
          const { energyPj, cycles } = result.evaluation;
          return { kind: 'mapped', energyPj, cycles, mapping: result.mapping, evaluations, optimal, lowerBound };
        }
        if (cutoff !== undefined) return { kind: 'cut', lowerBound: Math.max(lowerBound, cutoff), evaluations };
      }
    },
  };
}
