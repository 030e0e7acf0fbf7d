/** Loops chosen down to one level: the search descends from the outermost one, so that everything above a level is known exactly. */
export interface Depth {
  /** Tile at this level. */
  point: number;
  /** Loops of the level above this one, from the innermost outwards. */
  order: Uint8Array;
  /** Dynamic energy of all transfers into this level and further out, and of all that no tiling changes. */
  energyPj: number;
  /** Refetches of Weights and Outputs into this level. */
  weightRefetches: number;
  outputRefetches: number;
  /** Refetches of Weights, edges that stand still left aside. */
  weightSteps: number;
  /** Refetches of Outputs, edges that stand still left aside: more than 1 where partial sums come back. */
  outputSteps: number;
  /** Steps of K outside the run of Inputs, where these stand still. */
  inputSteps: number;
  /** Tensor that the innermost loop above is irrelevant to; -1: none. */
  stationary: number;
  /** Least product of all temporal bounds. */
  computeCycles: number;
  /** [flow]: what the same transfers add up to. */
  readonly flows: Float64Array;
}

/** The temporal loops of a complete mapping. */
export interface FoundTiling {
  /** [level]: loops from the outermost inwards as [dim, bound]. */
  readonly loops: readonly (readonly (readonly [number, number])[])[];
}
