import { DIM_COUNT, type KernelModel, type SlidingAxis } from '../../../cost/kernel/model.ts';
import { wordsOfTile } from '../../../cost/kernel/sliding/axis-tiles.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import {
  type AxisLoops,
  type AxisTiles,
  cancelledWords,
  type LoopsAbove,
  mostSharedWords,
  newSum,
  newSumOfSteps,
  storedSum,
} from './input-strips.ts';
import type { TileLattice } from './tile-lattice.ts';

/**
 * Sums over one sliding axis of Inputs (rows or columns) for all tiles of a level, [output value * filter values + filter value]. Summed over
 * all positions of the tile, temporal and spatial: everything that is not padding counts.
 */
export interface InputsAxis {
  readonly axis: SlidingAxis;
  /** Words of one tile, and of its part that can be stored at once. */
  readonly words: Float64Array;
  readonly storedWords: Float64Array;
  /** Words of all tiles: traffic when no overlap is reused. */
  readonly full: Float64Array;
  /** Least new words of all moves when the output dim's (the filter dim's) loop is the innermost one that moves Inputs. */
  readonly outputStrip: Float64Array;
  readonly filterStrip: Float64Array;
  /** Whether the tiles that the output (filter) dim's temporal loop runs over make up a larger tile. */
  readonly outputsJoin: boolean;
  readonly filtersJoin: boolean;
  /** Extents of each output and filter value's tile. */
  readonly outputs: Float64Array;
  readonly filters: Float64Array;
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
  const table = { words: make(), storedWords: make(), full: make(), outputStrip: make(), filterStrip: make() };
  const outputTiles = outputs.map((extent) => ceilDiv(model.bounds[axis.output]!, extent));
  const filterTiles = filters.map((extent) => ceilDiv(model.bounds[axis.filter]!, extent));
  // Ragged rounds and Timeloop's rule may find less than every word of a round, and boxes may hold less than the box around them.
  const isRagged = lattice.factors === 'imperfect';
  const isWider = model.takesBoxes && (axis.stride > 1 || axis.dilation > 1);
  const canJoin = (d: number) =>
    !model.isTimeloop && !isRagged && !isWider && childrenAlong(spatial, d, 0, level) === 1;
  const kind = loopsAbove(model, axis, spatial, level, isRagged);
  const isExact = !model.isTimeloop && !isRagged && axis.hasGaps;
  const above = (level - 1) * DIM_COUNT;
  for (let p = 0; p < outputs.length; p++)
    for (let r = 0; r < filters.length; r++) {
      const at = p * filters.length + r;
      const tiles: AxisTiles = { axis, outputs: outputs[p]!, filters: filters[r]! };
      const words = wordsOfTile(axis, tiles.outputs, tiles.filters);
      table.words[at] = words;
      table.storedWords[at] = Math.min(words, axis.length);
      table.full[at] = axis.padded || isRagged ? storedSum(model, tiles) : words * outputTiles[p]! * filterTiles[r]!;
      const output = {
        step: axis.stride * outputs[p]! * spatial[above + axis.output]!,
        steps: lattice.above[axis.output]![p]!,
      };
      const filter = {
        step: axis.dilation * filters[r]! * spatial[above + axis.filter]!,
        steps: lattice.above[axis.filter]![r]!,
      };
      const leastNew = (own: typeof output, partner: typeof output, isOutput: boolean) => {
        const mostShared = mostSharedWords(tiles, own.step);
        const loops: AxisLoops = {
          tiles,
          ...own,
          partnerStep: partner.step,
          partnerSteps: partner.steps,
          newWords: words - mostShared,
          mostShared,
        };
        const count = outputTiles[p]! * filterTiles[r]!;
        const cancelled = count * cancelledWords(loops, kind);
        const least = newSum(model, loops, isOutput, isRagged);
        const isOwnStep = isExact && childrenAlong(spatial, isOutput ? axis.output : axis.filter, 0, level - 1) === 1;
        return Math.max(0, (isOwnStep ? Math.max(least, newSumOfSteps(model, loops, count)) : least) - cancelled);
      };
      table.outputStrip[at] = leastNew(output, filter, true);
      table.filterStrip[at] = leastNew(filter, output, false);
    }
  const outputPitch = outputs.map((extent) => extent * axis.stride);
  const filterPitch = filters.map((extent) => extent * axis.dilation);
  return {
    axis,
    ...table,
    outputs,
    filters,
    outputTiles,
    filterTiles,
    outputPitch,
    filterPitch,
    outputsJoin: canJoin(axis.output),
    filtersJoin: canJoin(axis.filter),
  };
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
