import type { Activation } from '../../../workload/layers.ts';
import type { Problem } from '../../../workload/problem.ts';
import type { Place } from './placement.ts';

/** What a node with multiply-accumulates is: a layer and its operands. */
export interface LoweredLayer {
  readonly kind: string;
  readonly problem: Problem;
  /** Index of the node's input that is the problem's Inputs, of the one in the place of Weights, and of what is added to every output. */
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
  /** Places of the dims of its output; undefined where they cut across those of an activation. */
  readonly places: readonly Place[] | undefined;
  /** What comes of its outputs, where that is not what its problem says. */
  readonly output?: Activation;
  /** Bits and number of its weights, where they are packed. */
  readonly packed?: { readonly bits: number; readonly words: number };
}

/** Why a node becomes no layer. */
export interface NoLayer {
  readonly reason: string;
}
