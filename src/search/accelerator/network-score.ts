import type { Accelerator } from '../../accelerator/accelerator.ts';
import { type BesideLoads, besideLoads } from '../../cost/link-cost.ts';
import { geometricMean } from '../../util/geometric-mean.ts';
import { type EnergyAndCycles, edpOf, networkTotals } from '../../util/network-totals.ts';
import { DistinctLayers, repeatsOf } from '../../workload/distinct-layers.ts';
import type { Layer, Network } from '../../workload/network.ts';
import { type Factors, type LayerBound, layerBound } from '../mapping/bounds/layer-bound.ts';
import { type LayerDemand, layerDemand } from '../mapping/bounds/layer-demand.ts';

/** Layers of a network that cost the same, counted once. */
export interface PreparedLayer {
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
  readonly layers: readonly PreparedLayer[];
  /** Of all that is no layer. */
  readonly beside: BesideLoads;
}

/** Merges layers that cost the same. @param demandOf for many networks: a `layerDemand` that remembers */
export function prepareNetwork(
  network: Network,
  demandOf: (layer: Layer, key: string) => LayerDemand = layerDemand,
): PreparedNetwork {
  const { name, layers } = network;
  const distinct = new DistinctLayers<Layer>();
  return {
    name,
    beside: besideLoads(network),
    layers: [...repeatsOf(layers, distinct)].map(([place, repeat]) => {
      const layer = distinct.layers[place]!;
      const key = distinct.keys[place]!;
      return { key, layer, repeat, demand: demandOf(layer, key) };
    }),
  };
}

/** Geometric mean of EDP / EDP of the baseline over the networks (at least one): 1 = as good as the baseline, less = better. */
export function scoreOf(edpsPjCycles: readonly number[], baselinesPjCycles: readonly number[]): number {
  return geometricMean(edpsPjCycles.map((edp, i) => edp / baselinesPjCycles[i]!));
}

/** Bounds of all distinct layers of all networks on one accelerator. */
export function candidateBounds(
  networks: readonly PreparedNetwork[],
  accelerator: Accelerator,
  factors: Factors,
): LayerBound[][] {
  return networks.map((network) => network.layers.map(({ demand }) => layerBound(demand, accelerator, factors)));
}

/**
 * EDP of a network from figures (or bounds) of its distinct layers: total energy times total cycles.
 * @param beside what it costs beside its layers on the accelerator
 */
export function networkEdp(
  network: Pick<PreparedNetwork, 'layers'>,
  figures: readonly LayerBound[],
  beside: EnergyAndCycles,
): number {
  return edpOf(networkTotals(network.layers, figures, beside));
}
