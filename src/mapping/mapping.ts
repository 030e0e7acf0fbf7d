import type { Dim, TensorName } from '../util/vocabulary.ts';

/** One temporal loop. */
export interface TemporalLoop {
  readonly dim: Dim;
  /** Trip count; >= 1. */
  readonly bound: number;
}

/** One spatial loop: `bound` children along an array dimension work on consecutive positions of `dim`. */
export interface SpatialLoop {
  readonly dim: Dim;
  readonly bound: number;
  /** Name of the array dimension of the level's fan-out: X, Y or Z. */
  readonly array: string;
}

/** Loops, kept tensors and multicast of one storage level. */
export interface LevelMapping {
  /** Outer to inner. */
  readonly temporal: readonly TemporalLoop[];
  /** Outer to inner; inside the temporal loops of this level and outside everything of the next. */
  readonly spatial: readonly SpatialLoop[];
  /** Tensors stored at this level; the others bypass it. */
  readonly keep: readonly TensorName[];
  /** Tensors whose multicast or spatial reduction is not used below this level. */
  readonly noMulticast: readonly TensorName[];
}

/** A mapping: one entry per storage level of the accelerator, outermost first. Immutable. */
export interface Mapping {
  readonly levels: readonly LevelMapping[];
}
