import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { MapperSettings, MappingStops } from './map-layer.ts';
import type { Objective } from './objective.ts';
import { type MappedStep, mapStep } from './step-label.ts';

/**
 * All mappings of a step that none beats in both energy and latency, by rising energy: each the thriftiest of those that are faster than the one before. None
 * where nothing fits.
 */
export function paretoMappings(
  layer: LayerShape,
  accelerator: Accelerator,
  settings: MapperSettings,
  stops: MappingStops = {},
): MappedStep[] {
  const front: MappedStep[] = [];
  for (let below = Number.POSITIVE_INFINITY; ; ) {
    const found = mapStep(layer, accelerator, thriftiestBelow(below), settings, stops);
    if (found.kind !== 'mapped') return front;
    front.push(found);
    below = found.evaluation.cycles;
  }
}

/** Energy of mappings with fewer cycles; infinite for all others. */
function thriftiestBelow(below: number): Objective {
  return {
    name: `energy of latencies below ${below} cycles`,
    value: (energyPj, cycles) => (cycles < below ? energyPj : Number.POSITIVE_INFINITY),
    monotone: true,
    tie: (_, cycles) => cycles,
    hasTies: true,
  };
}
