import type { Accelerator, ArrayDimension, StorageLevel } from '../../../accelerator/accelerator.ts';
import { compulsoryDramCycles, compulsoryHomeCycles } from '../../../cost/analysis/bottleneck.ts';
import { launchCyclesOf } from '../../../cost/level-overheads.ts';
import { storedWordBits } from '../../../mapping/legality.ts';
import { divisors, product } from '../../../util/integers.ts';
import { DIMS, type Dim, perTensor, TENSORS, type TensorName } from '../../../util/vocabulary.ts';
import type { LayerShape } from '../../../workload/network.ts';
import type { Problem } from '../../../workload/problem.ts';
import type { LayerDemand } from './layer-demand.ts';

/** Figures that no mapping of a layer on an accelerator falls below (temporal reuse `exact`). */
export interface LayerBound {
  readonly energyPj: number;
  readonly cycles: number;
}

/** Whether loop bounds must divide the dims: with perfect factors fewer PEs can work, so the bound is higher. */
export type Factors = 'perfect' | 'imperfect';

/** Dims that do not address a tensor; for Inputs see {@link mostShared}. */
const IRRELEVANT: Readonly<Record<TensorName, readonly Dim[]>> = {
  Weights: ['N', 'P', 'Q'],
  Inputs: ['K'],
  Outputs: ['C', 'R', 'S'],
};

/**
 * Lower bounds of energy and latency of one layer, from the problem and the accelerator alone.
 *
 * Latency: the most PEs that the connectivity can use on these dims, with one load of their weights and one ramp; the compulsory traffic over the
 * bandwidth of DRAM, after that where it does not overlap, and what is retained over that of the retention level; one launch of each level.
 * Energy: MACs; every touched word of each tensor once through DRAM; per tensor the cheapest innermost keeping level, which is
 * filled with the touched words and serves every MAC, shared by as many as its network can reach with one access; leakage over the least latency.
 * Capacities are ignored. What is retained starts and ends in the retention level; what moves beside the mapping is left out.
 */
export function layerBound(demand: LayerDemand, accelerator: Accelerator, factors: Factors): LayerBound {
  const cycles = leastCycles(demand, accelerator, factors);
  let energyPj = demand.macs * accelerator.mac.energyPj;
  for (const tensor of TENSORS) energyPj += leastTensorEnergyPj(demand, accelerator, tensor);
  for (const level of accelerator.levels) energyPj += level.leakagePjPerCycle * level.instances * cycles;
  return { energyPj, cycles };
}

function leastCycles({ layer, macs, touchedWords }: LayerDemand, accelerator: Accelerator, factors: Factors): number {
  const compute = leastComputeCycles(layer.problem, macs, accelerator, factors);
  const { levels } = accelerator;
  const homeCycles = compulsoryHomeCycles(layer, accelerator, touchedWords);
  const moved = perTensor((tensor) => (homeLevel(layer, tensor) === 0 ? touchedWords[tensor] : 0));
  const dramCycles = compulsoryDramCycles(layer, levels[0]!, moved);
  const array = Math.max(compute, ...levels.map((level) => leastArrayCycles(level, compute)));
  const serial = array + (levels[0]!.overlap === 'none' ? dramCycles : 0);
  const launches = levels.map(({ launch }) => launchCyclesOf(launch, layer.problem.bounds));
  return Math.max(dramCycles, homeCycles, serial, ...launches);
}

/** Least cycles of the array below a level for at least so many of its MACs: what streams may hide a load, or the other way round. */
function leastArrayCycles({ fanOut: { fill, rampCycles = 0 } }: StorageLevel, computeCycles: number): number {
  return Math.max(computeCycles, fill?.leastRows ?? 0, fill?.cyclesPerLoad ?? 0) + rampCycles;
}

/**
 * Product over the dims of the iterations that remain when each runs as parallel as its axes allow. Where an axis has several dims to
 * choose from, each axis alone counts: with perfect factors its loops multiply to a divisor of the product of its dims.
 */
function leastComputeCycles(problem: Problem, macs: number, accelerator: Accelerator, factors: Factors): number {
  const axes = accelerator.levels.flatMap((level) => level.fanOut.dimensions);
  const liveDims = axes.map((axis) => DIMS.filter((dim) => problem.bounds[dim] > 1 && isWired(axis, dim)));
  const most = (dim: Dim) => mostParallel(axes, dim, problem);
  if (liveDims.every((dims) => dims.length <= 1))
    return product(
      DIMS.map((dim) => {
        const bound = problem.bounds[dim];
        return factors === 'imperfect'
          ? Math.ceil(bound / most(dim))
          : bound / divisors(bound).findLast((divisor) => divisor <= most(dim))!;
      }),
    );
  const usable = axes.map((axis, i) => {
    const all = product(liveDims[i]!.map((dim) => problem.bounds[dim]));
    return factors === 'imperfect' ? Math.min(axis.size, all) : largestDivisor(all, axis.size);
  });
  return Math.ceil(macs / Math.min(product(usable), product(DIMS.map(most))));
}

/** Largest divisor of `value` that is at most `most`. */
function largestDivisor(value: number, most: number): number {
  let divisor = Math.min(value, most);
  while (value % divisor !== 0) divisor--;
  return divisor;
}

function leastTensorEnergyPj(demand: LayerDemand, accelerator: Accelerator, tensor: TensorName): number {
  const { levels } = accelerator;
  const { layer, touchedWords, macWords } = demand;
  const touched = touchedWords[tensor];
  const first = homeLevel(layer, tensor);
  const home = levels[first]!;
  const accessBits = (level: StorageLevel) => level.blockWords * level.wordBits;
  const wordPj = (level: StorageLevel, accessPj: number) =>
    (accessPj * storedWordBits(level, layer, tensor)) / accessBits(level);
  // Outputs that are retained may be updated there at the width of an activation, whatever that of partial sums is.
  const isNarrow = first > 0 && tensor === 'Outputs';
  const homePj = (accessPj: number) =>
    isNarrow
      ? (accessPj * Math.min(storedWordBits(home, layer, tensor), layer.residency!.activationBits)) / accessBits(home)
      : wordPj(home, accessPj);
  const compulsory = touched * homePj(tensor === 'Outputs' ? home.energy.updatePj : home.energy.readPj);
  const sharedBelow = sharedFromEach(levels, layer.problem, tensor);
  let least = Infinity;
  let copies = 1;
  levels.forEach((level, index) => {
    if (index > 0) copies *= mostCopies(levels[index - 1]!, layer.problem, tensor);
    if (index < first || (index > first && !level.mayKeep.includes(tensor))) return;
    const served = macWords[tensor] / sharedBelow[index]!;
    const pj = (accessPj: number) => (index === first ? homePj(accessPj) : wordPj(level, accessPj));
    const serving =
      tensor === 'Outputs'
        ? served * pj(level.energy.updatePj) + Math.max(0, served - touched * copies) * pj(level.energy.readPj)
        : served * pj(level.energy.readPj);
    if (index === first) least = Math.min(least, Math.max(serving, compulsory));
    else {
      const fill = tensor === 'Outputs' ? 0 : touched * wordPj(level, level.energy.fillPj);
      least = Math.min(least, compulsory + fill + serving);
    }
  });
  return least;
}

/** Level at which a tensor starts or ends. */
function homeLevel({ residency }: LayerShape, tensor: TensorName): number {
  if (residency === undefined) return 0;
  const { level, weights, inputs, outputs } = residency;
  const isRetained = { Weights: weights, Inputs: inputs, Outputs: outputs !== 'outermost' }[tensor];
  return isRetained ? level : 0;
}

/** Most MACs that one access to each level can serve. */
function sharedFromEach(levels: readonly StorageLevel[], problem: Problem, tensor: TensorName): number[] {
  const shared: number[] = [];
  let below = 1;
  for (let index = levels.length - 1; index >= 0; index--) {
    below *= mostShared(levels[index]!, problem, tensor);
    shared[index] = below;
  }
  return shared;
}

/** Most MACs (or children) below one level that one access can serve: parallel dims that do not address the tensor, and for Inputs sliding windows that meet. */
function mostShared(level: StorageLevel, problem: Problem, tensor: TensorName): number {
  const { dimensions, multicast } = level.fanOut;
  if (dimensions.length === 0 || !multicast[tensor]) return 1;
  const most = (dim: Dim) => mostParallel(dimensions, dim, problem);
  let shared = product(IRRELEVANT[tensor].map(most));
  if (tensor === 'Inputs') shared *= Math.min(most('P'), most('R')) * Math.min(most('Q'), most('S'));
  return Math.min(shared, product(dimensions.map((axis) => axis.size)));
}

/** Most children of a level that hold the same words of a tensor. */
function mostCopies({ fanOut: { dimensions } }: StorageLevel, problem: Problem, tensor: TensorName): number {
  if (dimensions.length === 0) return 1;
  const copies = product(IRRELEVANT[tensor].map((dim) => mostParallel(dimensions, dim, problem)));
  return Math.min(copies, product(dimensions.map((axis) => axis.size)));
}

function mostParallel(axes: readonly ArrayDimension[], dim: Dim, problem: Problem): number {
  let size = 1;
  for (const axis of axes) if (isWired(axis, dim)) size *= axis.size;
  return Math.min(problem.bounds[dim], size);
}

function isWired(axis: ArrayDimension, dim: Dim): boolean {
  return axis.parallelDims === 'any' || axis.parallelDims.includes(dim);
}
