import type { PerTensor } from '../util/vocabulary.ts';
import type { Problem } from './problem.ts';
import type { Residency } from './residency.ts';

/** Bits of one word of each tensor. Outputs are partial sums: usually wider than activations. */
export type WordBits = PerTensor<number>;

/** Shares of a layer's words that are zeros, in [0, 1], zeros being spread at random; absent = not known. */
export interface ZeroShares {
  readonly Inputs?: number;
  readonly Outputs?: number;
}

/** One layer of a network: a problem, its word widths and how often the network repeats it. */
export interface Layer {
  readonly name: string;
  /** conv, depthwise, pointwise, grouped, linear, matmul …: informative only; the problem decides the cost. */
  readonly kind: string;
  readonly problem: Problem;
  readonly wordBits: WordBits;
  /** What levels with a code of zeros shrink; absent = nothing. */
  readonly zeros?: ZeroShares;
  /** Where its operands are when it is a step of a schedule; absent: in the outermost level. */
  readonly residency?: Residency;
  /** Times that the network runs this layer; >= 1. */
  readonly repeat: number;
  /** Learned parameters of one instance (weights and bias as published); 0 for products of two activations. */
  readonly parameters: number;
}

/** The part of a layer that its cost depends on. */
export type LayerShape = Pick<Layer, 'problem' | 'wordBits' | 'zeros' | 'residency'>;
