import { repeatedSum } from '../util/network-totals.ts';
import type { Graph } from './graph/graph.ts';
import type { Layer } from './layer.ts';
import { macCount } from './problem.ts';

export type { Layer, LayerShape, WordBits } from './layer.ts';

/** Most layers of a network; repeats of a layer or block do not count. */
export const MAX_LAYERS = 5000;

/** A network: layers in order. Every layer reads its inputs from and writes its outputs to the outermost level. */
export interface Network {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Where the layer table comes from. */
  readonly source: string;
  /** All operators with the tensors between them, also where `layers` are a part of the network; absent where only layers are known. */
  readonly graph?: Graph;
  /** Names of the layers of the whole network that `layers` leave out; absent where they leave out none. */
  readonly others?: readonly string[];
}

/** Multiply-accumulates of the whole network (repeats counted). */
export function networkMacs(network: Network): number {
  return repeatedSum(network.layers, ({ problem }) => macCount(problem));
}

/** Learned parameters of operators that are no layers: embeddings, normalisations (repeats counted); 0 where only layers are known. */
export function operatorParameters({ graph }: Network): number {
  const vector = (graph?.operators ?? []).filter((operator) => operator.kind === 'vector');
  return repeatedSum(vector, ({ parameters }) => parameters);
}

/** Learned parameters of the layers of a network (repeats counted). */
export function networkParameters(network: Network): number {
  return repeatedSum(network.layers, ({ parameters }) => parameters);
}
