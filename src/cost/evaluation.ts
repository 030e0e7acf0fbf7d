import type { Violation } from '../mapping/legality.ts';
import type { PerTensor, TensorName } from '../util/vocabulary.ts';
import type { TemporalReuse } from './temporal-reuse.ts';

/** Options of an evaluation. */
export interface CostOptions {
  readonly temporalReuse: TemporalReuse;
}

/** Access counts of one tensor at one level. Totals are over all instances of the level. */
export interface TensorAccesses {
  readonly tensor: TensorName;
  readonly kept: boolean;
  /** Largest tile in words, per instance. */
  readonly tileWords: number;
  /** Totals over instances, in tensor words. */
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  /** Counts of the busiest instance, in tensor words; bandwidth is compared with these. */
  readonly busiest: { readonly reads: number; readonly fills: number; readonly updates: number };
  readonly energyPj: number;
}

/** Requests of one tensor at one level. */
export interface TensorRequests {
  /** Of all instances. */
  readonly total: number;
  readonly busiest: number;
}

/** Traffic of one tensor on the network below a level. */
export interface TensorNetwork {
  readonly tensor: TensorName;
  /** Words leaving (Outputs: arriving at) the level, totals over its instances. */
  readonly ingressWords: number;
  /** Additions made in the network (Outputs only). */
  readonly spatialReductions: number;
  /** Words x hops: on links all of their way, halves of hops being averages; without links one for each word beyond the first child of its group. */
  readonly hopWords: number;
  readonly energyPj: number;
}

/** Words that a step moves at a level beside its mapping (`Moves` of its residency). */
export interface LevelMoves {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  /** That the reads and updates are cut into; 0 where the level states none. */
  readonly requests: number;
  readonly energyPj: number;
}

/** Figures of one level. */
export interface LevelCost {
  readonly name: string;
  /** Instances that hold tiles. */
  readonly instancesUsed: number;
  /** Cycles that this level alone would need: the most of the compute cycles and the three below. */
  readonly cycles: number;
  /** Of the ports of its busiest instance; 0 where no bandwidth is limited. By Timeloop's rule, where they slow the array down, in its rounding. */
  readonly transferCycles: number;
  /** Of the sequencer that launches its tiles, beside everything else; 0 where no launch is stated. */
  readonly launchCycles: number;
  /** Of the array below it: compute cycles, with what loads of stationary weights and ramps add. */
  readonly arrayCycles: number;
  readonly usedBits: number;
  readonly tensors: PerTensor<TensorAccesses>;
  /**
   * Accesses of Outputs to their home here, where that is the retention level; its room is the schedule's, so that it counts no tile. In place they
   * are all accesses of Outputs; staged they come beside those of the tile.
   */
  readonly home?: TensorAccesses;
  /** At the outermost and the retention level of a step that moves words beside its mapping. */
  readonly moved?: LevelMoves;
  /** Requests that its transfers inwards are cut into, reads and writes together; 0 of tensors whose layout is not stated. */
  readonly requests: PerTensor<TensorRequests>;
  readonly networks: PerTensor<TensorNetwork>;
  /** Accesses of tensors and home, network below, moves and leakage. */
  readonly energyPj: number;
  readonly leakagePj: number;
}

/** Everything that the model says of one mapping. */
export interface Evaluation {
  readonly feasible: true;
  readonly macs: number;
  /** Product of all temporal bounds. */
  readonly computeCycles: number;
  /** The most of the levels' cycles, compute and serial cycles. */
  readonly cycles: number;
  /** The most array cycles, with the transfers of all levels that do not overlap with compute added; at least the compute cycles. */
  readonly serialCycles: number;
  /** MACs / (MAC units of the accelerator * cycles), in [0, 1]. */
  readonly utilization: number;
  readonly macUnitsUsed: number;
  readonly macEnergyPj: number;
  /** Sum of the levels' and the MACs' energy. */
  readonly energyPj: number;
  /** energyPj * cycles. */
  readonly edpPjCycles: number;
  /** Outermost first. */
  readonly levels: readonly LevelCost[];
}

/** A mapping that the accelerator cannot run: a value with reasons, not an exception. */
export interface Infeasible {
  readonly feasible: false;
  readonly violations: readonly Violation[];
}
