import type { LayerMapper, MappingGoal } from '../../ports.ts';
import type { SampledMapper } from '../mapper-names.ts';
import { makeMapspace } from '../mapspace.ts';
import { EDP, ENERGY, LATENCY, type Objective, weightedSum } from '../objective.ts';
import { searchSampled } from './sampled.ts';

/** The objective that a goal names. */
export function objectiveOf(goal: MappingGoal): Objective {
  switch (goal.kind) {
    case 'edp':
      return EDP;
    case 'energy':
      return ENERGY;
    case 'latency':
      return LATENCY;
    case 'weighted':
      return weightedSum(goal.lambdaPjPerCycle);
  }
}

/**
 * A sampled mapper behind the port of level 2, as in NAAS: every layer of every candidate is searched anew with the same seed, so a
 * result depends on layer and accelerator alone.
 */
export function sampledLayerMapper(options: {
  readonly mapper: SampledMapper;
  readonly evaluations: number;
  readonly seed: number;
  readonly factors: 'perfect' | 'imperfect';
}): LayerMapper {
  return {
    map: (layer, accelerator, goal) => {
      const mapspace = makeMapspace({ layer, accelerator, factors: options.factors });
      if (!mapspace.feasible) return { kind: 'unmappable', reason: mapspace.reason };
      const result = searchSampled(mapspace, objectiveOf(goal), options);
      if (result.mapping === null)
        return {
          kind: 'unmappable',
          reason: `${layer.problem.name}: none of ${result.evaluations} sampled mappings fits ${accelerator.name}`,
        };
      return {
        kind: 'mapped',
        energyPj: result.energyPj,
        cycles: result.cycles,
        mapping: result.mapping,
        evaluations: result.evaluations,
        optimal: false,
        lowerBound: 0,
      };
    },
  };
}
