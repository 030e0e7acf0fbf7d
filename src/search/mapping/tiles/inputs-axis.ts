import { DIM_COUNT, type KernelModel, type SlidingAxis } from '../../../cost/kernel/model.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import { type AxisLoops, cancelledWords, type LoopsAbove, raggedStripSum, stripSum } from './input-strips.ts';
import type { TileLattice } from './tile-lattice.ts';

/**
 * Sums over one sliding axis of Inputs (rows or columns) for all tiles of a level, [output value * filter values + filter value]. Summed over
 * all positions of the tile, temporal and spatial: everything that is not padding counts.
 */
export interface InputsAxis {
  readonly axis: SlidingAxis;
  /** Widths of one tile, and of its part that can be stored at once. */
  readonly width: Float64Array;
  readonly storedWidth: Float64Array;
  /** Words of all tiles: traffic when no overlap is reused. */
  readonly full: Float64Array;
  /** Least new words of all moves when the output dim's (the filter dim's) loop is the innermost one that moves Inputs. */
  readonly outputStrip: Float64Array;
  readonly filterStrip: Float64Array;
  /** 1 where tiles that follow each other along the output (filter) dim's temporal loops leave no gap, so that they join to a larger tile. */
  readonly outputJoins: Uint8Array;
  readonly filterJoins: Uint8Array;
  /** Temporal and spatial positions of each output and filter value's tile. */
  readonly outputTiles: Float64Array;
  readonly filterTiles: Float64Array;
  /** Words from one position of the output (filter) dim's tile to the next. */
  readonly outputPitch: Float64Array;
  readonly filterPitch: Float64Array;
}

/** Sums up one axis over all tiles of a level; `extents` are those of the tiles, [dim][place]. */
export function inputsAxis(
  model: KernelModel,
  axis: SlidingAxis,
  lattice: Pick<TileLattice, 'values' | 'above' | 'factors'>,
  extents: readonly Float64Array[],
  spatial: Float64Array,
  level: number,
): InputsAxis {
  const outputs = extents[axis.output]!;
  const filters = extents[axis.filter]!;
  const size = outputs.length * filters.length;
  const make = () => new Float64Array(size);
  const table = { width: make(), storedWidth: make(), full: make(), outputStrip: make(), filterStrip: make() };
  const outputTiles = outputs.map((extent) => ceilDiv(model.bounds[axis.output]!, extent));
  const filterTiles = filters.map((extent) => ceilDiv(model.bounds[axis.filter]!, extent));
  const outputJoins = new Uint8Array(size);
  const filterJoins = new Uint8Array(size);
  // Ragged rounds and Timeloop's rule may find less than every word of a round.
  const isRagged = lattice.factors === 'imperfect';
  const canJoin = (d: number) => !model.isTimeloop && !isRagged && childrenAlong(spatial, d, 0, level) === 1;
  const outputsCanJoin = canJoin(axis.output);
  const filtersCanJoin = canJoin(axis.filter);
  const kind = loopsAbove(model, axis, spatial, level, isRagged);
  const above = (level - 1) * DIM_COUNT;
  for (let p = 0; p < outputs.length; p++)
    for (let r = 0; r < filters.length; r++) {
      const at = p * filters.length + r;
      const width = axis.stride * (outputs[p]! - 1) + axis.dilation * (filters[r]! - 1) + 1;
      table.width[at] = width;
      table.storedWidth[at] = Math.min(width, axis.length);
      const outputStep = axis.stride * outputs[p]! * spatial[above + axis.output]!;
      const filterStep = axis.dilation * filters[r]! * spatial[above + axis.filter]!;
      const outputSteps = lattice.above[axis.output]![p]!;
      const filterSteps = lattice.above[axis.filter]![r]!;
      const tiles = outputTiles[p]! * filterTiles[r]!;
      const sumOf = (strip: number, isOutput: boolean) =>
        isRagged
          ? raggedStripSum(model, axis, outputs[p]!, filters[r]!, strip, isOutput)
          : stripSum(axis, outputTiles[p]!, filterTiles[r]!, outputs[p]!, filters[r]!, width, Math.min(width, strip));
      const newWords = (isOutput: boolean, loops: AxisLoops) =>
        Math.max(0, sumOf(loops.step, isOutput) - tiles * cancelledWords(loops, kind));
      table.full[at] = sumOf(Number.POSITIVE_INFINITY, true);
      outputJoins[at] = outputsCanJoin && outputStep <= width ? 1 : 0;
      filterJoins[at] = filtersCanJoin && filterStep <= width ? 1 : 0;
      table.outputStrip[at] = newWords(true, {
        width,
        step: outputStep,
        partnerStep: filterStep,
        steps: outputSteps,
        partnerSteps: filterSteps,
      });
      table.filterStrip[at] = newWords(false, {
        width,
        step: filterStep,
        partnerStep: outputStep,
        steps: filterSteps,
        partnerSteps: outputSteps,
      });
    }
  const outputPitch = outputs.map((extent) => extent * axis.stride);
  const filterPitch = filters.map((extent) => extent * axis.dilation);
  return { axis, ...table, outputTiles, filterTiles, outputPitch, filterPitch, outputJoins, filterJoins };
}

function loopsAbove(
  model: KernelModel,
  axis: SlidingAxis,
  spatial: Float64Array,
  level: number,
  isRagged: boolean,
): LoopsAbove {
  if (model.isTimeloop || isRagged) return 'any';
  if (level === 1) return 'single';
  const isFree = (d: number) => childrenAlong(spatial, d, 0, level - 1) === 1;
  return isFree(axis.output) && isFree(axis.filter) ? 'nested' : 'any';
}
