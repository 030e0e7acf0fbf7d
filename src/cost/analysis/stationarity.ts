import { type Accelerator, childrenOf } from '../../accelerator/accelerator.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { flattenNest, levelExtents, type NestLoop } from '../../mapping/nest.ts';
import { type Dim, type PerTensor, perTensor, TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { relevantDims } from '../../workload/problem.ts';
import type { Evaluation } from '../evaluation.ts';

/** A loop as an explanation shows it. */
export interface ShownLoop {
  readonly dim: Dim;
  readonly bound: number;
}

/** The tensor that stands still in one level below the outermost. */
export interface Stationarity {
  readonly level: string;
  /** The innermost temporal loops above the level that do not address the stationary tensor, outer to inner; of no tensor: the innermost loop alone. */
  readonly loops: readonly ShownLoop[];
  /** The tensor whose tile stays in the level while these loops run; null when every loop step moves every kept tensor, or no loop is above. */
  readonly stationary: TensorName | null;
  /** Uses of the stationary tensor's tile before it is replaced: product of the loops' bounds; 1 when nothing stands still. */
  readonly reuse: number;
  /** Whether no temporal loop is above: all tiles are loaded once and stay. */
  readonly loadedOnce: boolean;
  /** Whether the stationary tensor is kept in the level at all. */
  readonly kept: boolean;
}

/** Dataflows by the names of Chen, Emer, Sze (ISCA 2016). */
export type DataflowName =
  | 'weight stationary'
  | 'input stationary'
  | 'output stationary'
  | 'row stationary'
  | 'no local reuse'
  | 'all tensors resident';

/** The dataflow that a mapping amounts to. */
export interface DataflowSummary {
  readonly name: DataflowName;
  /** Level that the PEs consist of (outermost level inside the innermost array). */
  readonly level: string;
  /** MACs per word that moves between the PEs and the levels above, i.e. temporal reuse in a PE; 1 for a tensor that no PE keeps. */
  readonly reuse: PerTensor<number>;
  /** Loops that run in parallel, over all arrays. */
  readonly parallel: readonly (ShownLoop & { readonly array: string })[];
}

const STATIONARY: PerTensor<DataflowName> = {
  Weights: 'weight stationary',
  Inputs: 'input stationary',
  Outputs: 'output stationary',
};

/** Per level below the outermost: which loops are innermost above it, and which tensor stands still while they run; none that the level refetches. */
export function stationarityOf(layer: LayerShape, accelerator: Accelerator, mapping: Mapping): Stationarity[] {
  const nest = flattenNest(mapping).filter((loop) => loop.kind === 'temporal');
  const relevant = perTensor((tensor) => relevantDims(layer.problem, tensor));
  return accelerator.levels.slice(1).map((level, i): Stationarity => {
    const above = nest.filter((loop) => loop.level <= i);
    const runs = TENSORS.map((tensor) => ({
      tensor,
      run: level.refetch?.includes(tensor) === true ? [] : innermostRun(above, relevant[tensor]),
    }));
    const { tensor, run } = runs.reduce((longest, one) => (one.run.length > longest.run.length ? one : longest));
    const stationary = run.length > 0 ? tensor : null;
    return {
      level: level.name,
      loops: (stationary === null ? above.slice(-1) : run).map(({ dim, bound }) => ({ dim, bound })),
      stationary,
      reuse: run.reduce((product, loop) => product * loop.bound, 1),
      loadedOnce: above.length === 0,
      kept: stationary !== null && mapping.levels[i + 1]!.keep.includes(stationary),
    };
  });
}

/**
 * Names the dataflow by what moves least between the PEs and the levels above: the tensor with the most MACs per word moved.
 * Row stationary: filter rows in parallel, the whole of S in a PE, and a filter row that stays while a row of outputs passes.
 */
export function dataflowOf(
  layer: LayerShape,
  accelerator: Accelerator,
  mapping: Mapping,
  evaluation: Evaluation,
): DataflowSummary {
  const pe = peLevel(accelerator);
  const nest = flattenNest(mapping);
  const macsPerWord = macsPerMovedWord(mapping, evaluation, pe);
  const reuse = perTensor((tensor) => macsPerWord[tensor] ?? 1);
  const stillest = TENSORS.reduce((best, tensor) => (reuse[tensor] > reuse[best] ? tensor : best));
  return {
    name: isResident(nest, pe)
      ? 'all tensors resident'
      : isRowStationary(layer, mapping, nest, pe, reuse.Weights)
        ? 'row stationary'
        : reuse[stillest] > 1
          ? STATIONARY[stillest]
          : 'no local reuse',
    level: accelerator.levels[pe]!.name,
    reuse,
    parallel: nest.filter((loop) => loop.kind === 'spatial').map(({ dim, bound, array }) => ({ dim, bound, array })),
  };
}

/** MACs per word of each tensor that moves between a level and those above it; null where it bypasses the level, or does not move. */
export function macsPerMovedWord(mapping: Mapping, evaluation: Evaluation, level: number): PerTensor<number | null> {
  return perTensor((tensor) => {
    const words = mapping.levels[level]!.keep.includes(tensor) ? movedWords(mapping, evaluation, level, tensor) : 0;
    return words === 0 ? null : evaluation.macs / words;
  });
}

/** Outermost level inside the innermost array; the innermost level where no storage is inside an array. */
function peLevel(accelerator: Accelerator): number {
  const array = accelerator.levels.findLastIndex((level) => childrenOf(level) > 1);
  return array < 0 ? accelerator.levels.length - 1 : Math.min(array + 1, accelerator.levels.length - 1);
}

/** The longest run of innermost loops that do not address a tensor, outer to inner. */
function innermostRun(loops: readonly NestLoop[], relevant: ReadonlySet<Dim>): NestLoop[] {
  const last = loops.findLastIndex((loop) => relevant.has(loop.dim));
  return loops.slice(last + 1);
}

/** Words of a tensor into the instances of a level (Outputs: out of them), from the level above that keeps it. */
function movedWords(mapping: Mapping, evaluation: Evaluation, level: number, tensor: TensorName): number {
  if (tensor !== 'Outputs') return evaluation.levels[level]!.tensors[tensor].fills;
  const { home, tensors } = evaluation.levels[level]!;
  if (home !== undefined) return tensors.Outputs.updates === 0 ? 0 : home.updates;
  let keeper = level - 1;
  while (keeper > 0 && !mapping.levels[keeper]!.keep.includes('Outputs')) keeper--;
  if (keeper < 0) return 0;
  const { ingressWords, spatialReductions } = evaluation.levels[keeper]!.networks.Outputs;
  return ingressWords + spatialReductions;
}

function isResident(nest: readonly NestLoop[], level: number): boolean {
  return !nest.some((loop) => loop.kind === 'temporal' && loop.level < level);
}

function isRowStationary(
  { problem: { bounds } }: LayerShape,
  mapping: Mapping,
  nest: readonly NestLoop[],
  pe: number,
  weightReuse: number,
): boolean {
  const inParallel = (dim: Dim) =>
    nest.reduce((product, loop) => (loop.kind === 'spatial' && loop.dim === dim ? product * loop.bound : product), 1);
  return (
    bounds.R > 1 &&
    bounds.S > 1 &&
    bounds.Q > 1 &&
    inParallel('R') >= bounds.R &&
    inParallel('Q') === 1 &&
    levelExtents(mapping)[pe]!.S >= bounds.S &&
    weightReuse >= bounds.Q
  );
}
