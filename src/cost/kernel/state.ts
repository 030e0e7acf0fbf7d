import type { AxisCut } from './axis.ts';
import { DIM_COUNT, type KernelModel, TENSOR_COUNT } from './model.ts';
import { type AxisLimits, axisLimits, type TileClasses, tileClasses } from './padded/edges.ts';
import { type PaddedAxisWalk, paddedAxisWalk } from './padded/padded.ts';
import { type RaggedTables, raggedTables } from './ragged/ragged.ts';
import { type UnionWalk, unionWalk } from './ragged/union.ts';
import { type TimeloopScratch, timeloopScratch } from './timeloop/timeloop.ts';

/** Access counts of an evaluation. All arrays are [level * 3 + tensor] in tensor words, levels from the outermost inwards. */
export interface KernelCounts {
  /** Totals over all instances. */
  readonly reads: Float64Array;
  readonly fills: Float64Array;
  readonly updates: Float64Array;
  /** Words that leave (Outputs: reach) the level, and the same weighted with the children that each serves. */
  readonly ingress: Float64Array;
  readonly served: Float64Array;
  /** Counts of the busiest instance; of levels without bandwidth limit only after a full evaluation. */
  readonly busiestReads: Float64Array;
  readonly busiestFills: Float64Array;
  readonly busiestUpdates: Float64Array;
}

/** Working memory of a kernel; what one mapping's evaluation leaves behind. */
export interface KernelState {
  /** [(level) * 8 + dim], one row more for the MACs: positions that one instance covers, unclipped. */
  readonly extents: Float64Array;
  /** [level * 8 + dim]: spatial bounds over all array dimensions, and positions per iteration of the level's temporal loop. */
  readonly spatial: Float64Array;
  readonly steps: Float64Array;
  /** [level], one more for the MACs: instances in use. */
  readonly instances: Float64Array;
  /** [level]: children in use per instance. */
  readonly children: Float64Array;
  /** [level * 3 + tensor]: stored words of the largest tile, whether kept or not. */
  readonly tileWords: Float64Array;
  /** Temporal loops with bound > 1, outermost first: dim (one place more for scratch), bound, step, product of the bounds outside. */
  readonly loopDim: Uint8Array;
  readonly loopBound: Float64Array;
  readonly loopStep: Float64Array;
  readonly loopOutside: Float64Array;
  /** [level]: storage level of the loop; number of loops in T(0..level); product of their bounds. */
  readonly loopLevel: Uint8Array;
  readonly loopEnd: Uint8Array;
  readonly timeSteps: Float64Array;
  /** [boundary * 3 + tensor]: product of the bounds at or outside the innermost relevant loop of T(0..boundary). */
  readonly refetches: Float64Array;
  /** Bit d set: the loops over dim d cover more than its bound. */
  ragged: number;
  readonly counts: KernelCounts;
  /** [level * 3 + tensor]: words that children of level - 1 receive, all and the busiest. */
  readonly deliveries: Float64Array;
  readonly busiestDeliveries: Float64Array;
  readonly busiestIngress: Float64Array;
  /** [level]: distinct output words that all instances, and the busiest, ever hold. */
  readonly distinctOutputs: Float64Array;
  readonly busiestDistinctOutputs: Float64Array;
  /** [level * 3 + tensor] pJ; [level] pJ and cycles. */
  readonly tensorPj: Float64Array;
  readonly networkPj: Float64Array;
  readonly levelPj: Float64Array;
  readonly levelCycles: Float64Array;
  readonly timeloop: TimeloopScratch;
  readonly tables: RaggedTables;
  /** [level * 8 + dim]: spatial indices that sums over the sliding axes run over. */
  readonly rangeFrom: Float64Array;
  readonly rangeTo: Float64Array;
  readonly rowWalk: PaddedAxisWalk;
  readonly columnWalk: PaddedAxisWalk;
  readonly rowCut: AxisCut;
  readonly columnCut: AxisCut;
  readonly limits: {
    readonly rowOutput: AxisLimits;
    readonly rowFilter: AxisLimits;
    readonly columnOutput: AxisLimits;
    readonly columnFilter: AxisLimits;
  };
  readonly outputClasses: TileClasses;
  readonly filterClasses: TileClasses;
  readonly openTiles: Float64Array;
  readonly nextTiles: Float64Array;
  /** [word]: tiles that start that many words into the padding. */
  readonly starts: Float64Array;
  readonly union: UnionWalk;
  /** Whether any two tiles of the last sum over classes touch. */
  touches: boolean;
  /** [TOTAL_...] */
  readonly totals: Float64Array;
}

/** Places in {@link KernelState.totals}. */
export const [TOTAL_ENERGY_PJ, TOTAL_CYCLES, TOTAL_EDP, TOTAL_EXCESS] = [0, 1, 2, 3] as const;

/** Fresh working memory for a model. */
export function kernelState(model: KernelModel): KernelState {
  const levels = model.levelCount;
  const perLevel = () => new Float64Array(levels + 1);
  const perTensor = () => new Float64Array((levels + 1) * TENSOR_COUNT);
  const perDim = () => new Float64Array((levels + 1) * DIM_COUNT);
  const perLoop = () => new Float64Array(levels * DIM_COUNT);
  const room = Math.max(...model.bounds);
  const extents = perDim();
  extents.fill(1, levels * DIM_COUNT);
  return {
    extents,
    spatial: perDim().fill(1),
    steps: perDim(),
    instances: perLevel(),
    children: perLevel(),
    tileWords: perTensor(),
    loopDim: new Uint8Array(levels * DIM_COUNT + 1),
    loopBound: perLoop(),
    loopStep: perLoop(),
    loopOutside: perLoop(),
    loopLevel: new Uint8Array(levels * DIM_COUNT),
    loopEnd: new Uint8Array(levels),
    timeSteps: perLevel(),
    refetches: perTensor(),
    ragged: 0,
    counts: {
      reads: perTensor(),
      fills: perTensor(),
      updates: perTensor(),
      ingress: perTensor(),
      served: perTensor(),
      busiestReads: perTensor(),
      busiestFills: perTensor(),
      busiestUpdates: perTensor(),
    },
    deliveries: perTensor(),
    busiestDeliveries: perTensor(),
    busiestIngress: perTensor(),
    distinctOutputs: perLevel(),
    busiestDistinctOutputs: perLevel(),
    tensorPj: perTensor(),
    networkPj: perTensor(),
    levelPj: perLevel(),
    levelCycles: perLevel(),
    timeloop: timeloopScratch(levels * DIM_COUNT),
    tables: raggedTables(levels),
    rangeFrom: perDim(),
    rangeTo: perDim(),
    rowWalk: paddedAxisWalk(),
    columnWalk: paddedAxisWalk(),
    rowCut: { output: 0, filter: 0, children: 0, outer: 0 },
    columnCut: { output: 0, filter: 0, children: 0, outer: 0 },
    limits: {
      rowOutput: axisLimits(model.rows, model.bounds, true),
      rowFilter: axisLimits(model.rows, model.bounds, false),
      columnOutput: axisLimits(model.columns, model.bounds, true),
      columnFilter: axisLimits(model.columns, model.bounds, false),
    },
    outputClasses: tileClasses(room),
    filterClasses: tileClasses(room),
    openTiles: new Float64Array(room + 1),
    nextTiles: new Float64Array(room + 1),
    starts: new Float64Array(1 + Math.max(model.rows.paddingWords, model.columns.paddingWords)),
    union: unionWalk(2 * Math.max(model.bounds[model.rows.filter]!, model.bounds[model.columns.filter]!)),
    touches: false,
    totals: new Float64Array(4),
  };
}
