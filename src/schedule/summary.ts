import type { AxisName } from '../workload/graph/sequence.ts';
import type { Home, Segment } from './schedule.ts';

/** Words with one home, as views show them. */
export interface StorageSummary {
  readonly name: string;
  readonly words: number;
  readonly bits: number;
  readonly home: Home;
  /** Operator that makes it; null for inputs of the network. */
  readonly producer: number | null;
  /** Operators that read it, ascending. */
  readonly users: readonly number[];
  /** Words of the outermost level that its home saves, against all operators one by one. */
  readonly savedDramWords: number;
}

/** An operator with what it costs in its schedule, all its steps together. */
export interface OperatorSummary {
  readonly name: string;
  readonly kind: 'mac' | 'vector' | 'view';
  readonly segment: number;
  /** Storages. */
  readonly inputs: readonly number[];
  /** A storage. */
  readonly output: number;
  /** How its parameters come: from the outermost level at every step, once per segment, not at all, or there are none. */
  readonly weights: 'none' | 'streamed' | 'held' | 'pinned';
  readonly steps: number;
  readonly energyPj: number;
  readonly cycles: number;
  /** Words that it moves at the outermost level. */
  readonly dramWords: number;
  /** Bits of the retention level that its mapping may use, the least of its steps; null: unlimited. */
  readonly roomBits: number | null;
  /** Bits of it that the tiles of its mapping take, the most of its steps. */
  readonly tileBits: number;
}

/** A segment as views show it. */
export interface SegmentSummary {
  /** Index of its first operator, and the one behind its last. */
  readonly first: number;
  readonly end: number;
  /** Outer to inner; none where it runs whole. */
  readonly loops: readonly { readonly axis: AxisName; readonly tile: number; readonly iterations: number }[];
  readonly halo: Segment['halo'];
  /** Names of what it keeps of operands from outside. */
  readonly held: readonly string[];
}

/** Something that takes bits of the retention level. */
export interface OccupancyPart {
  readonly what: 'storage' | 'tile' | 'held' | 'pinned' | 'mapping';
  readonly name: string;
  readonly bits: number;
}

/** What lies in the retention level for some time. */
export interface OccupancyRow {
  readonly operator: number;
  readonly cycles: number;
  readonly parts: readonly OccupancyPart[];
}

/** A network's schedule with its figures, for views. Plain JSON; storages, operators and segments name each other by index. */
export interface ScheduleSummary {
  readonly mode: 'retain' | 'fuse';
  /** The retention level. */
  readonly levelName: string;
  /** Null: unlimited. */
  readonly capacityBits: number | null;
  readonly storages: readonly StorageSummary[];
  /** In the order in which they run. */
  readonly operators: readonly OperatorSummary[];
  /** In order, covering all operators. */
  readonly segments: readonly SegmentSummary[];
  /** Bits in the retention level over time, a row per operator of a whole segment, per step kind of a tiled one. */
  readonly occupancy: readonly OccupancyRow[];
  /** Words at the outermost level: of this schedule, that no schedule avoids, of all operators one by one. */
  readonly dramWords: { readonly spent: number; readonly compulsory: number; readonly layerByLayer: number };
  /** The fullest moment of the retention level. */
  readonly peak: { readonly bits: number; readonly operator: number };
  readonly pinnedBits: number;
  /** Words of pinned parameters, loaded once for all runs of the network. */
  readonly oneOffLoadWords: number;
}
