import type { PackedMapping } from '../packed-mapping.ts';
import { DIM_COUNT, type KernelModel, TENSOR_COUNT } from './model.ts';
import { type RaggedScratch, raggedScratch } from './ragged/ragged-scratch.ts';
import { type AxisSum, axisSum } from './sliding/axis-sum.ts';

/** Sizes of the nest, levels from the outermost inwards. */
export interface NestSizes {
  /** [level * 8 + dim], one row more for the MACs: positions that one instance covers, unclipped. */
  readonly extents: Float64Array;
  /** [level * 8 + dim]: spatial bounds over all array dimensions. */
  readonly spatial: Float64Array;
  /** [level * 8 + dim]: positions per iteration of the level's temporal loop. */
  readonly steps: Float64Array;
  /** [level], one more for the MACs: instances in use. */
  readonly instances: Float64Array;
  /** [level]: children in use per instance. */
  readonly children: Float64Array;
  /** [level * 3 + tensor]: stored words of the largest tile, whether kept or not. */
  readonly tileWords: Float64Array;
  /** [level]: bit t set: children with equal tiles of tensor t share accesses; accelerator and mapping allow it. */
  readonly multicast: Uint8Array;
  /** [level * 3 + tensor]: hops of one word on the links below the level, where it has any. */
  readonly hops: Float64Array;
  /** Bit d set: the loops over dim d cover more than its bound. */
  raggedDims: number;
}

/** Temporal loops with bound > 1, outermost first. T(0..level) are the loops of the levels 0 to `level`. */
export interface TemporalLoops {
  /** [loop]: dim, one place more for scratch; storage level. */
  readonly dim: Uint8Array;
  readonly level: Uint8Array;
  /** [loop]: bound, positions per iteration, product of the bounds outside. */
  readonly bound: Float64Array;
  readonly step: Float64Array;
  readonly outside: Float64Array;
  /** [level]: number of loops in T(0..level), product of their bounds. */
  readonly end: Uint8Array;
  readonly timeSteps: Float64Array;
  /** [level * 3 + tensor]: product of the bounds at or outside the innermost relevant loop of T(0..level). */
  readonly refetches: Float64Array;
}

/** Words that cross the networks between levels, before first touches of Outputs are taken off. */
export interface Transfers {
  /** [level * 3 + tensor]: words that all instances of the level receive (Outputs: send up), and the busiest one. */
  readonly deliveries: Float64Array;
  readonly busiestDeliveries: Float64Array;
  /** [level * 3 + tensor]: words that leave (Outputs: reach) the busiest instance of the level. */
  readonly busiestIngress: Float64Array;
  /** [level]: distinct output words that all instances, and the busiest, ever hold. */
  readonly distinctOutputs: Float64Array;
  readonly busiestDistinctOutputs: Float64Array;
}

/** Access counts of an evaluation. All arrays are [level * 3 + tensor] in tensor words, levels from the outermost inwards. */
export interface KernelCounts {
  /** Totals over all instances. */
  readonly reads: Float64Array;
  readonly fills: Float64Array;
  readonly updates: Float64Array;
  /** Words that leave (Outputs: reach) the level, and the same weighted with the children that each serves. */
  readonly ingress: Float64Array;
  readonly served: Float64Array;
  /** Hops of all these words on the network below the level. */
  readonly hopWords: Float64Array;
  /** Counts of the busiest instance; of levels without bandwidth limit only after a full evaluation. */
  readonly busiestReads: Float64Array;
  readonly busiestFills: Float64Array;
  readonly busiestUpdates: Float64Array;
}

/** Requests of an evaluation, all [level * 3 + tensor]; 0 where no layout is stated. */
export interface KernelRequests {
  /** Of what the level sends, first touches of Outputs left out, and of what it takes back: totals over its instances, and the busiest one's. */
  readonly reads: Float64Array;
  readonly writes: Float64Array;
  readonly busiestReads: Float64Array;
  readonly busiestWrites: Float64Array;
}

/**
 * The plain dim along which tiles hold different parts of a run of words that follow each other: its words are counted as the requests of the runs that
 * they make, tile by tile.
 */
export interface MeasuredDim {
  /** -1: words are counted as they are. */
  dim: number;
  /** Positions of a full tile. */
  tile: number;
  /** Bits of a position: those of all words further inside in the run. */
  bits: number;
  requestBits: number;
}

/** Accesses of Outputs to their home in the retention level, in words, with their energy in pJ; 0 where they have none. */
export interface HomeCounts {
  reads: number;
  updates: number;
  energyPj: number;
}

/** Energy and time of an evaluation. */
export interface KernelCosts {
  /** [level * 3 + tensor]: energy in pJ of all accesses, and of all hops on the network below. */
  readonly tensorPj: Float64Array;
  readonly networkPj: Float64Array;
  /** [level]: energy in pJ, leakage included. */
  readonly levelPj: Float64Array;
  /** [level]: cycles that the level alone would need, at least the compute cycles. */
  readonly levelCycles: Float64Array;
  /** [level]: cycles of its ports, of launches, and of the array below; of levels without a limit or term only after a full evaluation. */
  readonly transferCycles: Float64Array;
  readonly launchCycles: Float64Array;
  readonly arrayCycles: Float64Array;
  /** [TOTAL_...] */
  readonly totals: Float64Array;
}

/**
 * Places in {@link KernelCosts.totals}; the excess is that of the rule that an illegal mapping breaks, the serial cycles are left by full evaluations and
 * where a term is stated.
 */
export const [TOTAL_ENERGY_PJ, TOTAL_CYCLES, TOTAL_EDP, TOTAL_EXCESS, TOTAL_SERIAL] = [0, 1, 2, 3, 4] as const;

/** Walk over the loops of one sliding axis with perfect factors, from the innermost loop outwards. */
export interface PaddedWalk {
  /** The sum over the tiles that the loops outside the cut reach. */
  readonly sum: AxisSum;
  /** Number of these tiles, and how far the last one starts behind the first. */
  tiles: number;
  reach: number;
  /** Extents of a tile, and words from its first to its last one. */
  outputs: number;
  filters: number;
  span: number;
  /** How far the loops inside the cut move a tile in all, in words. */
  skipped: number;
}

/** Working memory of the walk by Timeloop's rule, all [depth], 1 = outermost loop. */
export interface TimeloopScratch {
  /** How far a tile moves when the loop advances: along N, G and C in one number, along rows and along columns, in words. */
  readonly plain: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  /** Times that the present indices of the loops outside and at the depth stand for. */
  readonly weight: Float64Array;
}

/** Working memory of a kernel, with the figures of the mapping evaluated last. */
export interface KernelState {
  /** The mapping under evaluation. */
  packed: PackedMapping;
  readonly nest: NestSizes;
  readonly loops: TemporalLoops;
  readonly transfers: Transfers;
  readonly counts: KernelCounts;
  readonly home: HomeCounts;
  readonly requests: KernelRequests;
  readonly measured: MeasuredDim;
  readonly costs: KernelCosts;
  /** Sums over the tiles of the two sliding axes of Inputs. */
  readonly rowSum: AxisSum;
  readonly columnSum: AxisSum;
  /** [level * 8 + dim]: spatial indices from..to-1 that these sums run over. */
  readonly rangeFrom: Float64Array;
  readonly rangeTo: Float64Array;
  /** [word]: tiles that start that many words into the padding. */
  readonly starts: Float64Array;
  readonly rowWalk: PaddedWalk;
  readonly columnWalk: PaddedWalk;
  readonly ragged: RaggedScratch;
  readonly timeloop: TimeloopScratch;
}

function paddedWalk(sum: AxisSum): PaddedWalk {
  return { sum, tiles: 0, reach: 0, outputs: 1, filters: 1, span: 1, skipped: 0 };
}

/** Fresh working memory for a model; `packed` stands in until the first evaluation. */
export function kernelState(model: KernelModel, packed: PackedMapping): KernelState {
  const { levelCount, rows, columns } = model;
  const perLevel = () => new Float64Array(levelCount + 1);
  const perTensor = () => new Float64Array((levelCount + 1) * TENSOR_COUNT);
  const perDim = () => new Float64Array((levelCount + 1) * DIM_COUNT);
  const perLoop = () => new Float64Array(levelCount * DIM_COUNT);
  const perDepth = () => new Float64Array(levelCount * DIM_COUNT + 1);
  const rowSum = axisSum(rows);
  const columnSum = axisSum(columns);
  return {
    packed,
    nest: {
      extents: perDim().fill(1, levelCount * DIM_COUNT),
      spatial: perDim().fill(1),
      steps: perDim(),
      instances: perLevel(),
      children: perLevel(),
      tileWords: perTensor(),
      multicast: new Uint8Array(levelCount),
      hops: perTensor(),
      raggedDims: 0,
    },
    loops: {
      dim: new Uint8Array(levelCount * DIM_COUNT + 1),
      level: new Uint8Array(levelCount * DIM_COUNT),
      bound: perLoop(),
      step: perLoop(),
      outside: perLoop(),
      end: new Uint8Array(levelCount),
      timeSteps: perLevel(),
      refetches: perTensor(),
    },
    transfers: {
      deliveries: perTensor(),
      busiestDeliveries: perTensor(),
      busiestIngress: perTensor(),
      distinctOutputs: perLevel(),
      busiestDistinctOutputs: perLevel(),
    },
    counts: {
      reads: perTensor(),
      fills: perTensor(),
      updates: perTensor(),
      ingress: perTensor(),
      served: perTensor(),
      hopWords: perTensor(),
      busiestReads: perTensor(),
      busiestFills: perTensor(),
      busiestUpdates: perTensor(),
    },
    home: { reads: 0, updates: 0, energyPj: 0 },
    requests: {
      reads: perTensor(),
      writes: perTensor(),
      busiestReads: perTensor(),
      busiestWrites: perTensor(),
    },
    measured: { dim: -1, tile: 1, bits: 0, requestBits: 1 },
    costs: {
      tensorPj: perTensor(),
      networkPj: perTensor(),
      levelPj: perLevel(),
      levelCycles: perLevel(),
      transferCycles: perLevel(),
      launchCycles: perLevel(),
      arrayCycles: perLevel(),
      totals: new Float64Array(5),
    },
    rowSum,
    columnSum,
    rangeFrom: perDim(),
    rangeTo: perDim(),
    starts: new Float64Array(1 + Math.max(rows.paddingWords, columns.paddingWords)),
    rowWalk: paddedWalk(rowSum),
    columnWalk: paddedWalk(columnSum),
    ragged: raggedScratch(model),
    timeloop: { plain: perDepth(), rows: perDepth(), columns: perDepth(), weight: perDepth() },
  };
}
