import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { MappedLayer, MapperSettings, MappingProof } from '../../search/mapping/map-layer.ts';
import { type DistinctShapes, distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import { layerReport, type NetworkReport, networkReport } from '../explain/evaluate.ts';
import type { LayerGoal } from './goal.ts';
import { mapWork, workError } from './layer-work.ts';

/** A network with the best mapping of every layer, each on its own. */
export interface MappedNetwork {
  readonly report: NetworkReport;
  /** Per layer of the report. */
  readonly proofs: readonly MappingProof[];
  /** Layers whose shape had been mapped before in the same network. */
  readonly remembered: number;
}

/** A network from the mappings of its shapes. */
export function mappedNetwork(
  network: Network,
  accelerator: Accelerator,
  { shapes, shapeOf }: DistinctShapes,
  mapped: readonly MappedLayer[],
): MappedNetwork {
  const ofLayer = shapeOf.map((shape) => mapped[shape]!);
  const reports = network.layers.map((layer, i) =>
    layerReport(layer, accelerator, ofLayer[i]!.mapping, ofLayer[i]!.evaluation),
  );
  return {
    report: networkReport(network, accelerator, reports),
    proofs: ofLayer.map(({ proof }) => proof),
    remembered: network.layers.length - shapes.length,
  };
}

/**
 * Maps every layer of a network for a goal on this thread, equal shapes once.
 * @throws TrifoldError `infeasible` when a layer has no mapping
 */
export function mapNetwork(
  network: Network,
  accelerator: Accelerator,
  goal: LayerGoal,
  settings: MapperSettings,
): MappedNetwork {
  const distinct = distinctShapes(network);
  const result = mapWork({ name: network.name, layers: distinct.shapes, accelerator, goal, settings });
  if (result.kind === 'failed') throw workError(result);
  return mappedNetwork(network, accelerator, distinct, result.layers);
}
