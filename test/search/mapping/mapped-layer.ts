import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import {
  exactSettings,
  type MappedLayer,
  type MapperSettings,
  mapLayer,
} from '../../../src/search/mapping/map-layer.ts';
import { EDP, type Objective } from '../../../src/search/mapping/objective.ts';
import type { LayerShape } from '../../../src/workload/network.ts';

/** Exact mappings with perfect factors. */
export const EXACT = exactSettings({ factors: 'perfect' });

/** The best mapping of a layer that has one. */
export function mappedLayer(
  layer: LayerShape,
  accelerator: Accelerator,
  objective: Objective = EDP,
  settings: MapperSettings = EXACT,
): MappedLayer {
  const outcome = mapLayer(layer, accelerator, objective, settings);
  if (outcome.kind !== 'mapped') throw new Error(`${layer.problem.name} was not mapped`);
  return outcome;
}
