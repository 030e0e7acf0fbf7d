import type { Network } from '../network.ts';
import { partDemands, type VectorDemand, vectorDemands } from './fusion.ts';
import type { Graph } from './graph.ts';

/** A network, or a part of it: the graph is that of the whole, the layers may be some of its own. */
export type ShownNetwork = Pick<Network, 'graph' | 'layers'>;

/** The vector operators of a network of which some layers are asked for. */
export interface NetworkDemands {
  /** Those that run with the layers: all of a whole network, what is fused into a layer of a part. */
  readonly own: readonly VectorDemand[];
  /** Those that belong to no layer of the part. */
  readonly others: readonly VectorDemand[];
  /** Layers of the whole network. */
  readonly layerCount: number;
}

/** Names of all layers of a graph. */
export function layerNames({ operators }: Graph): ReadonlySet<string> {
  return new Set(operators.flatMap((operator) => (operator.kind === 'mac' ? [operator.layer.name] : [])));
}

/** The demands of a network by whether they belong to the layers that are asked for; none where only layers are known. */
export function networkDemands({ graph, layers }: ShownNetwork): NetworkDemands {
  if (graph === undefined) return { own: [], others: [], layerCount: layers.length };
  const names = new Set(layers.map(({ name }) => name));
  const all = layerNames(graph);
  const layerCount = all.size;
  if ([...all].every((name) => names.has(name))) return { own: vectorDemands(graph), others: [], layerCount };
  return { ...partDemands(graph, ({ name }) => names.has(name)), layerCount };
}
