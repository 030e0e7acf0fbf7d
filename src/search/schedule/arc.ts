/** A way from one state to another, with what it pins. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  /** Bits of parameters that it pins. */
  readonly pinnedBits: number;
}

/**
 * States in an order in which every arc leads on, from the first to the last, with the arcs between them and what they cost at one time. In flat arrays: searches
 * walk over all arcs some ten times for each thing that they learn.
 */
export interface ArcTable<A extends Arc> {
  readonly states: number;
  /** [state]: place of the first arc that leads from it; one more for the end. */
  readonly start: Int32Array;
  /** [arc]: a state behind the one from which it leads. */
  readonly to: Int32Array;
  /** [arc] */
  readonly costs: Float64Array;
  /** [arc] */
  readonly pinnedBits: Float64Array;
  /** What stands at a place. */
  readonly arcAt: (arc: number) => A;
}

/** A path from the first to the last state. */
export interface Path<A extends Arc> {
  readonly arcs: readonly A[];
  readonly cost: number;
  readonly pinnedBits: number;
}
