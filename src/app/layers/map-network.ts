import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Objective } from '../../search/mapping/objective.ts';
import { type DistinctShapes, distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import { layerReport, type NetworkReport, networkReport } from '../explain/evaluate.ts';
import { type MappedLayer, type MappingProof, mapLayer } from './map-layer.ts';
import type { MapperSettings } from './mapper-settings.ts';

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
 * Maps every layer of a network for an objective on this thread, equal shapes once.
 * @throws TrifoldError `infeasible` when a layer has no mapping
 */
export function mapNetwork(
  network: Network,
  accelerator: Accelerator,
  objective: Objective,
  settings: MapperSettings,
): MappedNetwork {
  const distinct = distinctShapes(network);
  const mapped = distinct.shapes.map((shape) => mapLayer(shape, accelerator, objective, settings));
  return mappedNetwork(network, accelerator, distinct, mapped);
}
