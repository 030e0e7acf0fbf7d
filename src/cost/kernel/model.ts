import type { Accelerator, Capacity, StorageLevel } from '../../accelerator/accelerator.ts';
import type { WireGeometry } from '../../accelerator/wires.ts';
import { mayKeep, mustKeep, tileCapacity } from '../../mapping/homes.ts';
import { storedWordBits, tileWordBits } from '../../mapping/legality.ts';
import { TrifoldError } from '../../util/errors.ts';
import { rationalOf } from '../../util/rational.ts';
import { DIMS, type Dim, TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { type AxisTerm, axisWords, macCount, type Problem, relevantDims, tensorWords } from '../../workload/problem.ts';
import { usedAxis } from '../../workload/used-words.ts';
import type { CostOptions } from '../evaluation.ts';
import { hopPj } from '../level-cost.ts';
import { requireResidency } from '../moves.ts';
import { reuseRule } from '../temporal-reuse.ts';
import { compileOverheads, type OverheadModel } from './overhead-model.ts';
import { compileResidency, type ResidencyModel } from './residency-model.ts';

/** Numbers of the dims in typed arrays. */
export const [N, G, K, C, P, Q, R, S] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** Numbers of the tensors in typed arrays. */
export const [WEIGHTS, INPUTS, OUTPUTS] = [0, 1, 2] as const;
/** Dims of every problem. */
export const DIM_COUNT = 8;
/** Tensors of every problem. */
export const TENSOR_COUNT = 3;

/** Positions from..to-1 of a dim at which a tile touches padding on neither side, whatever the other dim's position. */
export interface InsideRange {
  readonly from: number;
  readonly to: number;
}

/**
 * One sliding axis of Inputs: words `stride * output + dilation * filter`. Under the exact rule in units of the words that can be used at all, so that
 * stride and dilation have no common factor, and are 1 where one of the dims has a single position.
 */
export interface SlidingAxis {
  /** Numbers of the output dim (P or Q) and of the filter dim (R or S). */
  readonly output: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  /** The same in words of the map itself, and all of its stored words, used or not (by Timeloop's rule all of the box). */
  readonly mapStride: number;
  readonly mapDilation: number;
  readonly mapLength: number;
  /** Most words that a tile stores: all that are used (under Timeloop's rule all of the box). */
  readonly length: number;
  /** Whether tiles can have gaps that are no words of theirs. */
  readonly hasGaps: boolean;
  /** Whether words outside the stored ones are skipped in traffic (padding under the exact rule). */
  readonly padded: boolean;
  /** First stored word and the first one behind; infinite when nothing is skipped. */
  readonly storedFrom: number;
  readonly storedTo: number;
  /** Words of padding on the side that has more. */
  readonly paddingWords: number;
  /** For the output and the filter dim; infinite without padding. */
  readonly outputInside: InsideRange;
  readonly filterInside: InsideRange;
}

/** Everything of one layer, accelerator and option set that evaluations read; arrays by level run from the outermost inwards. */
export interface KernelModel {
  readonly levelCount: number;
  readonly arrayCount: number;
  /** Of the rule of temporal reuse (`ReuseRule`). */
  readonly isTimeloop: boolean;
  readonly standstillCounts: boolean;
  /** Whether tiles of Inputs are boxes under the exact rule. */
  readonly takesBoxes: boolean;
  /** [dim] */
  readonly bounds: Float64Array;
  /** Rows and columns of Inputs. */
  readonly rows: SlidingAxis;
  readonly columns: SlidingAxis;
  /** [tensor]: bit d set: dim d addresses the tensor. */
  readonly relevant: Uint8Array;
  /** [tensor * 8 + dim]: 1 when the dim addresses the tensor. */
  readonly relevance: Float64Array;
  readonly outputWords: number;
  readonly macs: number;
  readonly macEnergyPj: number;
  /** [level * 3 + tensor]: stored bits per word. */
  readonly wordBitsOf: Float64Array;
  /** [level * 3 + tensor]: the same where the mapping holds tiles; 0 where the home of the tensor takes their place. */
  readonly tileBitsOf: Float64Array;
  /** [level]: bits of the level's word, words per access. */
  readonly levelWordBits: Float64Array;
  readonly blockWords: Float64Array;
  /** [level * 3 + kind]: pJ per access of kind read, fill, update. */
  readonly accessPj: Float64Array;
  /** [level * 3 + tensor]: pJ per word and hop on the network below. */
  readonly hopPj: Float64Array;
  /** [level]: how the links to the children run; null: hops are counted between children that share words. */
  readonly wires: readonly (WireGeometry | null)[];
  /** Whether any level has such links. */
  readonly hasWires: boolean;
  /** [level]: leakage of all instances in pJ per cycle. */
  readonly leakagePjPerCycle: Float64Array;
  /** [level * 3 + port]: words per cycle of the read, write and shared port; Infinity: unlimited. */
  readonly portWords: Float64Array;
  /** [level * 3 + port]: the same as exact fractions, in bits per cycle. */
  readonly portNumerator: Float64Array;
  readonly portDenominator: Float64Array;
  /** [level]: 1 when a port is limited, or requests take its time. */
  readonly isPortLimited: Uint8Array;
  /** [level]: bit t set: hardware multicast (or spatial reduction) of tensor t below the level. */
  readonly multicast: Uint8Array;
  /** [level]: tensors that may and must be kept: none outside their home, in it those that stay. */
  readonly mayKeep: Uint8Array;
  readonly mustKeep: Uint8Array;
  /** [level]: 0 unlimited, 1 shared, 2 partitioned; at the retention level the room of the step. */
  readonly capacityKind: Uint8Array;
  /** [level * 3 + tensor]: bits available; a shared pool stands in tensor 0. */
  readonly capacityBits: Float64Array;
  /** [level]: copies of every tile (2 = double buffered). */
  readonly copies: Float64Array;
  /** [level]: array dimensions. */
  readonly arraysOf: Uint8Array;
  /** [level * arrayCount + array]: children. */
  readonly arraySize: Float64Array;
  /** [(level * arrayCount + array) * 8 + dim]: 1 when the dim may not run in parallel there. */
  readonly unwired: Float64Array;
  readonly overheads: OverheadModel;
  /** Null: all operands are in the outermost level. */
  readonly residency: ResidencyModel | null;
}

/**
 * Compiles the constants of a layer on an accelerator.
 * @throws TrifoldError `unsupported` when the problem's tensors are not addressed as `makeProblem` does, or its operands cannot be where they are said to be
 */
export function compileModel(layer: LayerShape, accelerator: Accelerator, options: CostOptions): KernelModel {
  const { problem } = layer;
  const { levels } = accelerator;
  requireStandardAxes(problem);
  requireResidency(layer, accelerator, options);
  const { isTimeloop, standstillCounts } = reuseRule(options.temporalReuse);
  const takesBoxes = !isTimeloop && accelerator.tiles === 'box';
  const arrayCount = Math.max(1, ...levels.map((level) => level.fanOut.dimensions.length));
  const perLevel = (value: (level: StorageLevel) => number) => Float64Array.from(levels, value);
  const perLevelBits = (value: (level: StorageLevel) => number) => Uint8Array.from(levels, value);
  const perTile = (value: (level: StorageLevel, index: number, tensor: (typeof TENSORS)[number]) => number) =>
    Float64Array.from(levels.flatMap((level, index) => TENSORS.map((tensor) => value(level, index, tensor))));
  const tensorBits = (has: (tensor: (typeof TENSORS)[number]) => boolean) =>
    TENSORS.reduce((bits, tensor, t) => (has(tensor) ? bits | (1 << t) : bits), 0);
  const ports = (level: StorageLevel) => [
    level.bandwidth.readWordsPerCycle ?? Number.POSITIVE_INFINITY,
    level.bandwidth.writeWordsPerCycle ?? Number.POSITIVE_INFINITY,
    level.bandwidth.sharedWordsPerCycle ?? Number.POSITIVE_INFINITY,
  ];
  const arrays = levels.flatMap((level) =>
    Array.from(
      { length: arrayCount },
      (_, a) => level.fanOut.dimensions[a] ?? { size: 1, parallelDims: 'any' as const },
    ),
  );
  const capacities = levels.map((level, index) => tileCapacity(level, layer, index));
  return {
    levelCount: levels.length,
    arrayCount,
    isTimeloop,
    standstillCounts,
    bounds: Float64Array.from(DIMS, (dim) => problem.bounds[dim]),
    takesBoxes,
    rows: slidingAxis(problem, 3, isTimeloop, takesBoxes),
    columns: slidingAxis(problem, 4, isTimeloop, takesBoxes),
    relevant: Uint8Array.from(TENSORS, (tensor) => dimBits([...relevantDims(problem, tensor)])),
    relevance: Float64Array.from(
      TENSORS.flatMap((tensor) => DIMS.map((dim) => (relevantDims(problem, tensor).has(dim) ? 1 : 0))),
    ),
    outputWords: tensorWords(problem, 'Outputs'),
    macs: macCount(problem),
    macEnergyPj: macCount(problem) * accelerator.mac.energyPj,
    wordBitsOf: perTile((level, _, tensor) => storedWordBits(level, layer, tensor)),
    tileBitsOf: perTile((level, index, tensor) => tileWordBits(level, layer, index, tensor)),
    levelWordBits: perLevel((level) => level.wordBits),
    blockWords: perLevel((level) => level.blockWords),
    accessPj: Float64Array.from(levels.flatMap(({ energy }) => [energy.readPj, energy.fillPj, energy.updatePj])),
    hopPj: perTile((level, _, tensor) => hopPj(level, storedWordBits(level, layer, tensor))),
    wires: levels.map(({ fanOut }) => fanOut.wires?.geometry ?? null),
    hasWires: levels.some(({ fanOut }) => fanOut.wires !== undefined),
    leakagePjPerCycle: perLevel((level) => level.leakagePjPerCycle * level.instances),
    portWords: Float64Array.from(levels.flatMap(ports)),
    portNumerator: Float64Array.from(
      levels.flatMap((level) => ports(level).map((rate) => rationalOf(rate).numerator * level.wordBits)),
    ),
    portDenominator: Float64Array.from(
      levels.flatMap((level) => ports(level).map((rate) => rationalOf(rate).denominator)),
    ),
    isPortLimited: perLevelBits((level) =>
      ports(level).some(Number.isFinite) || level.requests !== undefined ? 1 : 0,
    ),
    multicast: perLevelBits((level) => tensorBits((tensor) => level.fanOut.multicast[tensor])),
    mayKeep: Uint8Array.from(levels, (level, index) => tensorBits((tensor) => mayKeep(layer, level, index, tensor))),
    mustKeep: Uint8Array.from(levels, (level, index) => tensorBits((tensor) => mustKeep(layer, level, index, tensor))),
    capacityKind: Uint8Array.from(capacities, ({ kind }) => ['unlimited', 'shared', 'partitioned'].indexOf(kind)),
    capacityBits: Float64Array.from(capacities.flatMap(capacityBits)),
    copies: perLevel((level) => (level.doubleBuffered ? 2 : 1)),
    arraySize: Float64Array.from(arrays, (array) => array.size),
    arraysOf: perLevelBits((level) => level.fanOut.dimensions.length),
    unwired: Float64Array.from(
      arrays.flatMap(({ parallelDims }) =>
        DIMS.map((dim) => (parallelDims === 'any' || parallelDims.includes(dim) ? 0 : 1)),
      ),
    ),
    overheads: compileOverheads(problem.bounds, accelerator, options),
    residency: compileResidency(layer, accelerator),
  };
}

function dimBits(dims: readonly Dim[]): number {
  return dims.reduce((bits, dim) => bits | (1 << DIMS.indexOf(dim)), 0);
}

function capacityBits(capacity: Capacity): number[] {
  if (capacity.kind === 'unlimited') return TENSORS.map(() => Number.POSITIVE_INFINITY);
  if (capacity.kind === 'shared') return TENSORS.map(() => capacity.bits);
  return TENSORS.map((tensor) => capacity.bits[tensor]);
}

function slidingAxis(problem: Problem, index: number, isTimeloop: boolean, takesBoxes: boolean): SlidingAxis {
  const axis = problem.tensors.Inputs.axes[index]!;
  const [output, filter] = axis.terms as [AxisTerm, AxisTerm];
  const outputs = problem.bounds[output.dim];
  const filters = problem.bounds[filter.dim];
  const coefficients = [output.coefficient, filter.coefficient] as const;
  const storedEnd = axis.paddingBefore + axis.length;
  const [mapStride, mapDilation] = coefficients;
  const used =
    isTimeloop || takesBoxes
      ? { stride: mapStride, dilation: mapDilation, storedFrom: axis.paddingBefore, storedTo: storedEnd }
      : usedAxis(...coefficients, outputs, filters, axis.paddingBefore, storedEnd);
  const { stride, dilation } = used;
  const span = stride * (outputs - 1) + dilation * (filters - 1) + 1;
  const padded = !isTimeloop && (used.storedFrom > 0 || used.storedTo < span);
  const storedFrom = padded ? used.storedFrom : Number.NEGATIVE_INFINITY;
  const storedTo = padded ? used.storedTo : Number.POSITIVE_INFINITY;
  const inside = (coefficient: number, otherReach: number): InsideRange => ({
    from: Math.ceil(storedFrom / coefficient),
    to: Math.ceil((storedTo - otherReach) / coefficient),
  });
  return {
    output: DIMS.indexOf(output.dim),
    filter: DIMS.indexOf(filter.dim),
    stride,
    dilation,
    mapStride,
    mapDilation,
    mapLength: isTimeloop ? span : axis.length,
    length: isTimeloop || takesBoxes ? axis.length : axisWords(axis, problem.bounds),
    hasGaps: !isTimeloop && !takesBoxes && (stride > 1 || dilation > 1),
    padded,
    storedFrom,
    storedTo,
    paddingWords: padded ? Math.max(storedFrom, span - storedTo) : 0,
    outputInside: inside(stride, dilation * (filters - 1)),
    filterInside: inside(dilation, stride * (outputs - 1)),
  };
}

const STANDARD_AXES: Readonly<Record<(typeof TENSORS)[number], string>> = {
  Weights: 'G,C,K,R,S',
  Inputs: 'N,G,C,P+R,Q+S',
  Outputs: 'N,G,K,P,Q',
};

function requireStandardAxes(problem: Problem): void {
  for (const tensor of TENSORS) {
    const axes = problem.tensors[tensor].axes.map((axis) => axis.terms.map((term) => term.dim).join('+')).join(',');
    const plain = problem.tensors[tensor].axes.every(
      ({ terms, length }) =>
        terms.length > 1 || (terms[0]!.coefficient === 1 && length === problem.bounds[terms[0]!.dim]),
    );
    if (axes !== STANDARD_AXES[tensor] || !plain)
      throw new TrifoldError(
        'unsupported',
        `the kernel addresses ${tensor} as [${STANDARD_AXES[tensor]}], not [${axes}]`,
        {
          hint: 'use the reference model for this problem',
        },
      );
  }
}
