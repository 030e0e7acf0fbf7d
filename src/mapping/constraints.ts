import type { Dim, TensorName } from '../util/vocabulary.ts';

/** Fixed parts of the mapping at one storage level; everything absent is free. */
export interface LevelConstraint {
  /** Fixed temporal bounds. A bound of 1 forbids the loop. */
  readonly temporal?: Partial<Readonly<Record<Dim, number>>>;
  /** Fixed spatial bounds per array dimension, e.g. `{ X: { K: 16 } }`. A bound of 1 forbids the loop. */
  readonly spatial?: Readonly<Record<string, Partial<Readonly<Record<Dim, number>>>>>;
  /** Dims whose temporal loops are the innermost of the level, in this order from outer to inner; other dims lie outside them in any order. */
  readonly order?: readonly Dim[];
  /** Exactly the tensors to keep at this level. */
  readonly keep?: readonly TensorName[];
}

/** A partial mapping: constraints per storage level, outermost first (shorter lists leave inner levels free). */
export interface MappingConstraints {
  readonly name: string;
  readonly levels: readonly LevelConstraint[];
}

/** No constraint at all. */
export const UNCONSTRAINED: MappingConstraints = { name: 'unconstrained', levels: [] };
