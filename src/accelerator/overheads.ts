import type { Dim, PerTensor, TensorName } from '../util/vocabulary.ts';

/** Cycles that a sequencer, which works beside everything else, needs for every visit of a level's tile. */
export interface Launch {
  /** >= 0. */
  readonly cycles: number;
  /** Of layers that are matrix products (a filter of one word, and one row or one column of outputs); >= 0. */
  readonly matrixCycles: number;
}

/** Transfers that a level serves are cut into requests. */
export interface Requests {
  /** Contiguous bytes of one request at most; >= 1. */
  readonly bytes: number;
  /** Cycles of the level's port for each request, beside those of its words; whole, >= 1. */
  readonly cycles: number;
  /** Dims along which a tensor's words are contiguous in the level, fastest last; P and Q stand for rows and columns of Inputs. Tensors left out take no requests. */
  readonly layout: Partial<PerTensor<readonly Dim[]>>;
}

/** New stationary weights in an array take time of it. */
export interface ArrayFill {
  /** Least cycles between two loads of weights; >= 0. */
  readonly cyclesPerLoad: number;
  /** What streams through the array between two loads takes at least as many cycles as this; >= 1. */
  readonly leastRows: number;
}

/**
 * Run-length code of zeros: pairs of a run of up to 2^runBits - 1 zeros and the word behind it, some of them in a block.
 * As of Eyeriss (Chen et al., JSSC 2017): 3 pairs of 5 + 16 bits in 64.
 */
export interface RunLengthCode {
  readonly runBits: number;
  readonly wordBits: number;
  readonly pairsPerBlock: number;
  /** At least pairsPerBlock x (runBits + wordBits). */
  readonly blockBits: number;
}

/** What real hardware adds to the counts of a storage level; every term is absent where a file does not state it. */
export interface LevelOverheads {
  readonly launch?: Launch;
  /** Tensors whose tiles come anew at every visit, even where the next one needs the same words. */
  readonly refetch?: readonly TensorName[];
  /** Partial sums never leave the level to come back. */
  readonly spill?: 'never';
  readonly requests?: Requests;
  /** Words of Outputs on their way out are read from the level. */
  readonly drain?: 'charged';
  readonly compression?: RunLengthCode;
  /** The level's transfers do not overlap with compute: their cycles add up. */
  readonly overlap?: 'none';
}

/** What real hardware adds to the time of the array below a level. */
export interface ArrayOverheads {
  readonly fill?: ArrayFill;
  /** Cycles that the pipeline takes to fill and to drain at every visit of the level's tile; >= 0. */
  readonly rampCycles?: number;
}

/** A link between host and accelerator, over which a network's inputs, outputs and the weights that stay nowhere move. */
export interface HostLink {
  readonly bytesPerSecond: number;
  /** Weights of a network that stay on the accelerator between its runs; >= 0. */
  readonly residentBits: number;
  readonly pjPerBit: number;
}

/** The overheads of a level alone, those that it states. */
export function levelOverheads(level: LevelOverheads): LevelOverheads {
  const { launch, refetch, spill, requests, drain, compression, overlap } = level;
  return {
    ...(launch === undefined ? {} : { launch }),
    ...(refetch === undefined || refetch.length === 0 ? {} : { refetch }),
    ...(spill === undefined ? {} : { spill }),
    ...(requests === undefined ? {} : { requests }),
    ...(drain === undefined ? {} : { drain }),
    ...(compression === undefined ? {} : { compression }),
    ...(overlap === undefined ? {} : { overlap }),
  };
}

/** The overheads of an array alone, those that it states. */
export function arrayOverheads({ fill, rampCycles }: ArrayOverheads): ArrayOverheads {
  return { ...(fill === undefined ? {} : { fill }), ...(rampCycles === undefined ? {} : { rampCycles }) };
}
