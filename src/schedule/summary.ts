import type { Home } from './schedule.ts';
import type { LoopAxis } from './shared-axes.ts';

/** Words with one home, and what their home saves. */
export interface StorageSummary {
  readonly name: string;
  readonly words: number;
  /** In the retention level. */
  readonly bits: number;
  readonly home: Home;
  /** Operator that makes its first words; null: an input of the network. */
  readonly producer: number | null;
  /** Operators that read it, ascending. */
  readonly users: readonly number[];
  /** Words that do not pass the outermost level: once out of its producer and once into each user, less those that pass it all the same. */
  readonly savedDramWords: number;
}

/** An operator in a schedule: sums over its steps. */
export interface OperatorSummary {
  readonly name: string;
  readonly kind: 'mac' | 'vector' | 'view';
  /** Index of its segment. */
  readonly segment: number;
  /** Storages that it reads. */
  readonly inputs: readonly number[];
  /** Storage that it writes. */
  readonly output: number;
  /** Where its parameters are; none: it has none, or its second operand is an activation. */
  readonly weights: 'none' | 'streamed' | 'held' | 'pinned';
  readonly steps: number;
  readonly energyPj: number;
  readonly cycles: number;
  /** Words read from and written to the outermost level. */
  readonly dramWords: number;
  /** Least that is left for tiles of its mappings in the retention level at any of its steps; null: unlimited, or no tiles. */
  readonly roomBits: number | null;
  /** Most that tiles of its mappings take there, copies included. */
  readonly tileBits: number;
}

/** What takes room in the retention level at a time. */
export interface OccupancyPart {
  /** storage: a whole tensor; tile: of a tensor made in the segment; held: an operand from outside; mapping: tiles of the step's mapping. */
  readonly what: 'storage' | 'tile' | 'held' | 'pinned' | 'mapping';
  readonly name: string;
  readonly bits: number;
}

/** The retention level over a stretch of time. */
export interface OccupancyRow {
  readonly operator: number;
  /** Of all steps that the row stands for. */
  readonly cycles: number;
  readonly parts: readonly OccupancyPart[];
}

/** A scored schedule of a network as plain data, for views. */
export interface ScheduleSummary {
  /** What the schedule does, whatever was searched: `fuse` where operators run together. */
  readonly mode: 'retain' | 'fuse';
  /** The retention level. */
  readonly levelName: string;
  /** Its bits; null: unlimited. */
  readonly capacityBits: number | null;
  readonly storages: readonly StorageSummary[];
  readonly operators: readonly OperatorSummary[];
  readonly segments: readonly {
    readonly first: number;
    /** Behind its last operator. */
    readonly end: number;
    readonly loops: readonly { readonly axis: LoopAxis; readonly tile: number; readonly iterations: number }[];
    readonly halo: 'cached' | 'recomputed';
    /** Names of what it holds. */
    readonly held: readonly string[];
  }[];
  /** In order of time: a row per operator of a segment that runs whole, per kind of step of a tiled one. */
  readonly occupancy: readonly OccupancyRow[];
  readonly dramWords: {
    /** What the schedule moves. */
    readonly spent: number;
    /** What no schedule avoids: inputs, outputs and parameters that are not pinned, once. */
    readonly compulsory: number;
    /** The same network with each layer on its own; null: not known. */
    readonly layerByLayer: number | null;
  };
  /** Most bits in the retention level, and the operator at which. */
  readonly peak: { readonly bits: number; readonly operator: number };
  readonly pinnedBits: number;
  /** Words of pinned parameters, which are loaded once before the first run. */
  readonly oneOffLoadWords: number;
}
