/** A way from one state to another, with what it pins. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  /** Bits of parameters that it pins. */
  readonly pinnedBits: number;
  /** Bits that it may pin besides, one by one; what is not pinned costs something, as {@link ArcPrices.addedOf} says. Infinite: it cannot be pinned. */
  readonly optionalBits: readonly number[];
}

/** What arcs cost. */
export interface ArcPrices<A extends Arc> {
  /** With all optional bits pinned. */
  readonly of: (arc: A) => number;
  /** What each of the optional bits adds when it is not pinned. */
  readonly addedOf: (arc: A) => readonly number[];
}

/** A path from the first to the last state. */
export interface Path<A extends Arc> {
  readonly arcs: readonly A[];
  readonly cost: number;
  readonly pinnedBits: number;
}
