import { repeatedSum } from '../util/network-totals.ts';
import type { PerTensor } from '../util/vocabulary.ts';
import { macCount, type Problem } from './problem.ts';

/** Bits of one word of each tensor. Outputs are partial sums: usually wider than activations. */
export type WordBits = PerTensor<number>;

/** One layer of a network: a problem, its word widths and how often the network repeats it. */
export interface Layer {
  readonly name: string;
  /** conv, depthwise, pointwise, grouped, linear, matmul …: informative only; the problem decides the cost. */
  readonly kind: string;
  readonly problem: Problem;
  readonly wordBits: WordBits;
  /** Times that the network runs this layer; >= 1. */
  readonly repeat: number;
  /** Learned parameters of one instance (weights and bias as published); 0 for products of two activations. */
  readonly parameters: number;
}

/** The part of a layer that its cost depends on. */
export type LayerShape = Pick<Layer, 'problem' | 'wordBits'>;

/** Most layers of a network; repeats of a layer or block do not count. */
export const MAX_LAYERS = 5000;

/** A network: layers in order. Every layer reads its inputs from and writes its outputs to the outermost level. */
export interface Network {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Where the layer table comes from. */
  readonly source: string;
}

/** Multiply-accumulates of the whole network (repeats counted). */
export function networkMacs(network: Network): number {
  return repeatedSum(network.layers, ({ problem }) => macCount(problem));
}

/** Learned parameters of the whole network (repeats counted). */
export function networkParameters(network: Network): number {
  return repeatedSum(network.layers, ({ parameters }) => parameters);
}
