import type { LoopAxis } from './shared-axes.ts';

/** Where words are between operators: in the outermost level, in the retention level as a whole, or only as tiles of one segment. */
export type Home = 'outermost' | 'retained' | 'fused';

/** A loop around all operators of a segment, over an axis of its sink's output or over the channels that the sink sums. */
export interface SharedLoop {
  readonly axis: LoopAxis;
  /** Positions of an iteration; the last may have fewer. >= 1. */
  readonly tile: number;
}

/** What a segment keeps of an operand from outside: an activation, or the parameters of an operator. */
export type HeldOperand =
  | { readonly kind: 'tensor'; readonly tensor: number }
  | { readonly kind: 'parameters'; readonly operator: number };

/** Consecutive operators that run together. With one operator it runs whole; with several, tile by tile inside shared loops. */
export interface Segment {
  /** Index of its first operator in the sequence, and the one behind its last (the sink). */
  readonly first: number;
  readonly end: number;
  /** Outer to inner; none where it runs whole. */
  readonly loops: readonly SharedLoop[];
  /** Whether words that an earlier iteration made or fetched stay for the next, or are made or fetched again. */
  readonly halo: 'cached' | 'recomputed';
  readonly held: readonly HeldOperand[];
}

/** The choices between layers of a whole network; the mappings of its steps are apart. */
export interface Schedule {
  /** By storage. */
  readonly homes: readonly Home[];
  /** Operators whose parameters stay in the retention level between runs of the network, ascending. */
  readonly pinned: readonly number[];
  /** In order, covering all operators. */
  readonly segments: readonly Segment[];
}

/** Where things are around a segment. */
export interface Placement {
  /** By storage. */
  readonly homes: readonly Home[];
  /** Whether the parameters of an operator are pinned. */
  readonly isPinned: (operator: number) => boolean;
}
