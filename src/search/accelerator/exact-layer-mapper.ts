import { searchExact } from '../mapping/exact/exact.ts';
import { makeMapspace } from '../mapping/mapspace.ts';
import { objectiveOf } from '../mapping/sampled/sampled-layer-mapper.ts';
import type { LayerMapper } from '../ports.ts';
import type { Factors } from './bounds.ts';

/**
 * The exact mapper behind the port of level 2. Where nodes are limited, as they are over imperfect factors always, the cutoff is not used: it would
 * let the search get further, and the answer must not depend on it, since cutoffs depend on the order in which threads answer.
 * @param options.nodeLimit partial mappings to bound per layer at most: beyond, the best mapping so far with an honest bound; absent = no limit.
 * @param options.imperfectNodes of them over imperfect factors, after the best mapping with perfect ones; absent = the default of the search.
 */
export function exactLayerMapper(options: {
  readonly factors: Factors;
  readonly nodeLimit?: number;
  readonly imperfectNodes?: number;
}): LayerMapper {
  const { factors, nodeLimit, imperfectNodes } = options;
  const isLimited = nodeLimit !== undefined || factors === 'imperfect';
  return {
    map: (layer, accelerator, goal, cutoff) => {
      const mapspace = makeMapspace({ layer, accelerator, factors });
      if (!mapspace.feasible) return { kind: 'unmappable', reason: mapspace.reason };
      const result = searchExact(mapspace, objectiveOf(goal), {
        ...(cutoff === undefined || isLimited ? {} : { cutoff }),
        ...(imperfectNodes === undefined ? {} : { imperfectNodes }),
        ...(nodeLimit === undefined ? {} : { nodeLimit }),
      });
      if (result.kind === 'infeasible') return { kind: 'unmappable', reason: result.reason };
      const { evaluations, lowerBound, optimal } = result.certificate;
      if (result.kind === 'bounded')
        return cutoff !== undefined && lowerBound >= cutoff
          ? { kind: 'cut', lowerBound, evaluations }
          : {
              kind: 'unmappable',
              reason: `no mapping of ${layer.problem.name} found within ${nodeLimit ?? imperfectNodes} nodes`,
            };
      const { energyPj, cycles } = result.evaluation;
      return { kind: 'mapped', energyPj, cycles, mapping: result.mapping, evaluations, optimal, lowerBound };
    },
  };
}
