/** What crosses at least at a capacity. */
export interface BoundsPageRow {
  readonly capacityBytes: number;
  /** Whether it is that of the accelerator's buffer. */
  readonly isOwn: boolean;
  /** Null where no tile fits. */
  readonly figures: {
    readonly words: number;
    readonly bytes: number;
    readonly timesCompulsory: number;
    readonly macsPerByte: number;
    /** Of a single layer: the tile and the loops outside; null of several. */
    readonly mapping: { readonly tile: string; readonly loops: string } | null;
  } | null;
  /** Of two layers that run together: words or bytes, whichever are counted, and how they run; null elsewhere. */
  readonly together: { readonly value: number; readonly how: string } | null;
}

/** A layer on the page: its curve, and where it ends. */
export interface BoundsPageLayer {
  readonly name: string;
  readonly repeat: number;
  readonly macs: number;
  readonly compulsoryWords: number;
  readonly fromBytes: number;
}

/** Everything that a page of bounds shows. */
export interface BoundsPageInput {
  readonly title: string;
  readonly commandLine: string;
  readonly version: string;
  readonly count: 'words' | 'bytes';
  /** What is counted between what, as a sentence. */
  readonly about: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Stairs of the sum: capacity in bytes, words or bytes. */
  readonly stairs: readonly { readonly capacityBytes: number; readonly value: number }[];
  /** The same of two layers that run together; empty elsewhere. */
  readonly togetherStairs: readonly { readonly capacityBytes: number; readonly value: number }[];
  readonly compulsory: number;
  readonly rows: readonly BoundsPageRow[];
  readonly layers: readonly BoundsPageLayer[];
  /** Text of the CSV file with all stairs. */
  readonly csv: string;
}
