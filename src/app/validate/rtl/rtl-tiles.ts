import type { Accelerator, StorageLevel } from '../../../accelerator/accelerator.ts';
import type { RtlRow } from '../../../formats/rtl-rows.ts';
import type { LevelMapping, Mapping, SpatialLoop, TemporalLoop } from '../../../mapping/mapping.ts';
import { coveredBounds } from '../../../mapping/nest.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { DIMS, type Dim, perDim, type TensorName } from '../../../util/vocabulary.ts';

/** A measured row as a mapping of the array that it ran on. */
export interface RowMapping {
  readonly mapping: Mapping;
  /** Whether some loop had more iterations than the layer has positions for; they are left out. */
  readonly isClipped: boolean;
  /** Whether the tiles do not divide the layer, so that the last ones are smaller. */
  readonly isRagged: boolean;
}

/** Levels of an array that rows run on, outermost first, and what each keeps. */
const LEVELS: readonly (readonly [name: string, keep: readonly TensorName[]])[] = [
  ['DRAM', ['Weights', 'Inputs', 'Outputs']],
  ['Scratchpad', ['Weights', 'Inputs']],
  ['Accumulator', ['Outputs']],
  ['Registers', ['Weights']],
];

/** The mapping of a row, its loops over DRAM in the order of the file. */
export function rowMapping(row: RtlRow, accelerator: Accelerator): RowMapping {
  if (accelerator.levels.map(({ name }) => name).join() !== LEVELS.map(([name]) => name).join())
    throw new Error(`${accelerator.name} does not have the levels ${LEVELS.map(([name]) => name).join(', ')}`);
  const accumulator = accelerator.levels[2]!;
  const clip = clipper(row);
  // From the inside out: how many positions an iteration covers follows from the loops within.
  const spatialC = clip({ dim: 'C', bound: row.spatialC, array: axisOf(accumulator, 'C') });
  const spatialK = clip({ dim: 'K', bound: row.spatialK, array: axisOf(accumulator, 'K') });
  const inner = clipAll(row.accumulatorLoops, clip);
  const outer = clipAll(row.dramLoops, clip);
  const loops: readonly Pick<LevelMapping, 'temporal' | 'spatial'>[] = [
    { temporal: outer, spatial: [] },
    { temporal: [], spatial: [] },
    { temporal: inner, spatial: [spatialK, spatialC] },
    { temporal: [], spatial: [] },
  ];
  const stated = [row.spatialC, row.spatialK, ...[...row.accumulatorLoops, ...row.dramLoops].map(({ bound }) => bound)];
  const needed = [spatialC, spatialK, ...inner, ...outer].map(({ bound }) => bound);
  const mapping = { levels: loops.map((level, index) => ({ ...level, keep: LEVELS[index]![1], noMulticast: [] })) };
  const covered = coveredBounds(mapping);
  return {
    mapping,
    isClipped: stated.some((bound, i) => bound !== needed[i]),
    isRagged: DIMS.some((dim) => covered[dim] !== row.problem.bounds[dim]),
  };
}

/** Whether some sum is left unfinished while others are worked on: a loop of DRAM over C, R or S has one over another dim inside. */
export function leavesSums({ levels: [dram] }: Mapping): boolean {
  const { temporal } = dram!;
  const first = temporal.findIndex((loop) => adds(loop) && loop.bound > 1);
  return first >= 0 && temporal.slice(first).some((loop) => !adds(loop) && loop.bound > 1);
}

/**
 * The same tiles with the loops of DRAM over C, R and S inside those over other dims, each kind in its order: partial sums then stay in the accumulator
 * until they are done, as on arrays that never fetch them back.
 */
export function withoutSpills({ levels: [dram, ...others] }: Mapping): Mapping {
  const { temporal } = dram!;
  return {
    levels: [{ ...dram!, temporal: [...temporal.filter((loop) => !adds(loop)), ...temporal.filter(adds)] }, ...others],
  };
}

function adds({ dim }: TemporalLoop): boolean {
  return dim === 'C' || dim === 'R' || dim === 'S';
}

/** Limits each loop to the iterations that the layer has positions for, given the loops seen so far, which lie inside it. */
function clipper({ problem }: RtlRow) {
  const covered: Record<Dim, number> = { ...perDim(() => 1) };
  return <Loop extends TemporalLoop | SpatialLoop>(loop: Loop): Loop => {
    const bound = Math.min(loop.bound, ceilDiv(problem.bounds[loop.dim], covered[loop.dim]));
    covered[loop.dim] *= bound;
    return { ...loop, bound };
  };
}

function clipAll(loops: readonly TemporalLoop[], clip: (loop: TemporalLoop) => TemporalLoop): TemporalLoop[] {
  return [...loops].reverse().map(clip).reverse();
}

function axisOf({ name, fanOut }: StorageLevel, dim: Dim): string {
  const axis = fanOut.dimensions.find(({ parallelDims }) => parallelDims === 'any' || parallelDims.includes(dim));
  if (axis === undefined) throw new Error(`no axis below ${name} runs ${dim} in parallel`);
  return axis.name;
}
