import type { Accelerator } from '../accelerator/accelerator.ts';
import type { Objective } from '../search/mapping/objective.ts';
import type { RunEvent } from '../search/run-events.ts';
import type { Network } from '../workload/network.ts';
import { problemKey } from '../workload/problem.ts';
import { type LayerReport, layerReport, type NetworkReport, networkReport } from './evaluate.ts';
import { layerSummary } from './layer-summary.ts';
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

/**
 * Maps every layer of a network for an objective, equal shapes once.
 * @param emit receives a `layer` event per layer, in order
 * @throws TrifoldError `infeasible` when a layer has no mapping
 */
export function mapNetwork(
  network: Network,
  accelerator: Accelerator,
  objective: Objective,
  settings: MapperSettings,
  emit: (event: RunEvent) => void = () => {},
): MappedNetwork {
  const known = new Map<string, MappedLayer>();
  const reports: LayerReport[] = [];
  const proofs: MappingProof[] = [];
  network.layers.forEach((layer, index) => {
    const key = `${problemKey(layer.problem)}|${Object.values(layer.wordBits).join(',')}`;
    const mapped = known.get(key) ?? mapLayer(layer, accelerator, objective, settings);
    known.set(key, mapped);
    const report = layerReport(layer, accelerator, mapped.mapping, mapped.evaluation);
    reports.push(report);
    proofs.push(mapped.proof);
    const whole = networkReport(network, accelerator, [report]);
    emit({
      kind: 'layer',
      index,
      count: network.layers.length,
      layer: layerSummary(whole, report, mapped.proof.optimal),
    });
  });
  return {
    report: networkReport(network, accelerator, reports),
    proofs,
    remembered: network.layers.length - known.size,
  };
}
