import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Layer, Network } from '../../workload/network.ts';
import { type Factors, type LayerBound, layerBound } from './bounds.ts';
import { type LayerDemand, layerDemand } from './demand.ts';
import { layerKey } from './layer-memo.ts';

/** Layers of a network that cost the same, counted once. */
export interface DistinctLayer {
  readonly key: string;
  /** The first of them. */
  readonly layer: Layer;
  /** Times that the network runs them in all. */
  readonly repeat: number;
  readonly demand: LayerDemand;
}

/** A network ready to be scored. */
export interface PreparedNetwork {
  readonly name: string;
  readonly layers: readonly DistinctLayer[];
}

/** Merges layers that cost the same. */
export function prepareNetwork(network: Network): PreparedNetwork {
  const groups = new Map<string, { layer: Layer; repeat: number }>();
  for (const layer of network.layers) {
    const key = layerKey(layer);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { layer, repeat: layer.repeat });
    else group.repeat += layer.repeat;
  }
  return {
    name: network.name,
    layers: [...groups].map(([key, { layer, repeat }]) => ({ key, layer, repeat, demand: layerDemand(layer) })),
  };
}

/** Geometric mean of EDP / reference over the networks: 1 = as good as the reference, less = better. */
export function scoreOf(edpsPjCycles: readonly number[], referencesPjCycles: readonly number[]): number {
  const logs = edpsPjCycles.reduce((sum, edp, i) => sum + Math.log(edp / referencesPjCycles[i]!), 0);
  return Math.exp(logs / edpsPjCycles.length);
}

/** Bounds of all distinct layers of all networks on one accelerator. */
export function candidateBounds(
  networks: readonly PreparedNetwork[],
  accelerator: Accelerator,
  factors: Factors,
): LayerBound[][] {
  return networks.map((network) => network.layers.map(({ demand }) => layerBound(demand, accelerator, factors)));
}

/** EDP of a network from figures (or bounds) of its distinct layers: total energy times total cycles. */
export function networkEdp(network: PreparedNetwork, figures: readonly LayerBound[]): number {
  const { energyPj, cycles } = networkTotals(network, figures);
  return energyPj * cycles;
}

/** Total energy and cycles of a network, repeats included. */
export function networkTotals(network: PreparedNetwork, figures: readonly LayerBound[]): LayerBound {
  let energyPj = 0;
  let cycles = 0;
  network.layers.forEach(({ repeat }, i) => {
    energyPj += repeat * figures[i]!.energyPj;
    cycles += repeat * figures[i]!.cycles;
  });
  return { energyPj, cycles };
}
