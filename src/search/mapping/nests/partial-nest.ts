import type { KernelModel } from '../../../cost/kernel/model.ts';
import type { InnerValues, TileBounds } from '../bounds/tile-bounds.ts';
import type { TransferCosts } from '../bounds/transfer-costs.ts';
import type { LevelTiles, TileLattice } from '../space/tile-lattice.ts';

/** One placement: kept tensors and spatial bounds, with everything compiled for it. */
export interface Placement {
  readonly model: KernelModel;
  readonly spatial: Float64Array;
  readonly keep: Uint8Array;
  readonly lattice: TileLattice;
  readonly tiles: readonly LevelTiles[];
  readonly costs: TransferCosts;
  readonly bounds: TileBounds;
  readonly innerValues: readonly InnerValues[];
  /** Bit d set: dim d belongs to an axis on which input tiles can overlap. */
  readonly sliding: number;
  /** Dims whose loops are the innermost ones of each level, from the innermost outwards. */
  readonly fixedOrders: readonly (readonly number[])[];
  /** Least cycles: MACs over parallelism. */
  readonly computeCycles: number;
  /** Words of Inputs that some step touches and that are no padding. */
  readonly touchedInputs: number;
}

/** Loops chosen so far: the search descends from the outermost level, where everything above a level is known exactly. */
export interface Depth {
  /** Tile at this level. */
  point: number;
  /** Loops of the level above this one, from the innermost outwards. */
  order: Uint8Array;
  energyPj: number;
  /** Refetches of Weights and Outputs into this level. */
  weightRefetches: number;
  outputRefetches: number;
  /** Tensor that the innermost loop above is irrelevant to; -1: none. */
  stationary: number;
  /** Least product of all temporal bounds. */
  computeCycles: number;
  readonly readBits: Float64Array;
  readonly writeBits: Float64Array;
}

/** A temporal loop as the mapping needs it. */
export interface FoundTiling {
  /** [level]: loops from the outermost inwards as [dim, bound]. */
  readonly loops: readonly (readonly (readonly [number, number])[])[];
}
