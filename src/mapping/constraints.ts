import type { Dim, TensorName } from '../util/vocabulary.ts';

/** Loop bounds of some dims. */
export type DimBounds = Partial<Readonly<Record<Dim, number>>>;

/** Fixed parts of the mapping at one storage level; everything absent is free. */
export interface LevelConstraint {
  /** Fixed temporal bounds. A bound of 1 forbids the loop. */
  readonly temporal?: DimBounds;
  /** Fixed spatial bounds per array dimension, e.g. `{ X: { K: 16 } }`. A bound of 1 forbids the loop. */
  readonly spatial?: Readonly<Record<string, DimBounds>>;
  /** Fixed products of the spatial bounds of a dim over all array dimensions of the level. 1 keeps the dim off the array. */
  readonly spatialTotal?: DimBounds;
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
