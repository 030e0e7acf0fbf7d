import { DIM_COUNT, type KernelModel, type SlidingAxis } from '../../cost/kernel-model.ts';
import { ceilDiv } from '../../util/integers.ts';
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

/**
 * Compiles an axis. A move by the innermost loop of step v brings in min(width, v) new words, and so does at least every move of an outer loop,
 * because the inner ones wrap; only the axis's other dim can cancel the wrap, by its own moves or by its wrap when an outer loop over
 * the same dim moves. That concerns only the first step of each round of the innermost loop, which has two steps at least. With one
 * level above, the other dim has one loop, and of the rounds no more than (b - 1) / b begin with its moves.
 */
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
  const above = (level - 1) * DIM_COUNT;
  const outputJoins = new Uint8Array(size);
  const filterJoins = new Uint8Array(size);
  // Ragged rounds and Timeloop's rule may find less than every word of a round.
  const isRagged = lattice.factors === 'imperfect';
  const isSpreadAbove = (d: number) => {
    for (let l = 0; l < level; l++) if (spatial[l * DIM_COUNT + d]! > 1) return true;
    return model.isTimeloop || isRagged;
  };
  for (let p = 0; p < outputs.length; p++)
    for (let r = 0; r < filters.length; r++) {
      const at = p * filters.length + r;
      const width = axis.stride * (outputs[p]! - 1) + axis.dilation * (filters[r]! - 1) + 1;
      table.width[at] = width;
      table.storedWidth[at] = Math.min(width, axis.length);
      const outputStep = axis.stride * outputs[p]! * spatial[above + axis.output]!;
      const filterStep = axis.dilation * filters[r]! * spatial[above + axis.filter]!;
      const tiles = outputTiles[p]! * filterTiles[r]!;
      const canCancel = lattice.above[axis.output]![p]! > 1 && lattice.above[axis.filter]![r]! > 1;
      const strip = (step: number, partnerSteps: number, isOutput: boolean) => {
        const partnerShare = level === 1 && !isRagged ? 1 - 1 / partnerSteps : 1;
        const sum = isRagged
          ? raggedStripSum(model, axis, outputs[p]!, filters[r]!, step, isOutput)
          : stripSum(axis, outputTiles[p]!, filterTiles[r]!, outputs[p]!, filters[r]!, width, step);
        return canCancel ? Math.max(0, sum - (tiles / 2) * partnerShare * Math.min(width, step)) : sum;
      };
      table.full[at] = isRagged
        ? raggedStripSum(model, axis, outputs[p]!, filters[r]!, Number.POSITIVE_INFINITY, true)
        : stripSum(axis, outputTiles[p]!, filterTiles[r]!, outputs[p]!, filters[r]!, width, width);
      outputJoins[at] = isSpreadAbove(axis.output) || outputStep > width ? 0 : 1;
      filterJoins[at] = isSpreadAbove(axis.filter) || filterStep > width ? 0 : 1;
      table.outputStrip[at] = strip(outputStep, lattice.above[axis.filter]![r]!, true);
      table.filterStrip[at] = strip(filterStep, lattice.above[axis.output]![p]!, false);
    }
  const outputPitch = outputs.map((extent) => extent * axis.stride);
  const filterPitch = filters.map((extent) => extent * axis.dilation);
  return { axis, ...table, outputTiles, filterTiles, outputPitch, filterPitch, outputJoins, filterJoins };
}

/** Sum over all tiles of the stored words in the first or the last `strip` words of the tile, whichever are fewer. */
function stripSum(
  axis: SlidingAxis,
  outputTiles: number,
  filterTiles: number,
  outputExtent: number,
  filterExtent: number,
  width: number,
  strip: number,
): number {
  const words = Math.min(width, strip);
  if (!axis.padded) return outputTiles * filterTiles * words;
  let sum = 0;
  for (let p = 0; p < outputTiles; p++)
    for (let r = 0; r < filterTiles; r++) {
      const start = p * axis.stride * outputExtent + r * axis.dilation * filterExtent;
      const left = storedWords(axis, start, start + words);
      sum += words === width ? left : Math.min(left, storedWords(axis, start + width - words, start + width));
    }
  return sum;
}

/**
 * The same where the last tiles are clipped: a move along the dim brings in what the box before does not reach, a wrap the first `step` words.
 * Under a partner dim of which half the moves may cancel, the caller takes half of the tiles off.
 */
function raggedStripSum(
  model: KernelModel,
  axis: SlidingAxis,
  outputExtent: number,
  filterExtent: number,
  step: number,
  isOutput: boolean,
): number {
  const outputBound = model.bounds[axis.output]!;
  const filterBound = model.bounds[axis.filter]!;
  let sum = 0;
  for (let p = 0; p < outputBound; p += outputExtent)
    for (let r = 0; r < filterBound; r += filterExtent) {
      const start = p * axis.stride + r * axis.dilation;
      const outputs = Math.min(outputExtent, outputBound - p);
      const filters = Math.min(filterExtent, filterBound - r);
      const end = start + axis.stride * (outputs - 1) + axis.dilation * (filters - 1) + 1;
      if (step === Number.POSITIVE_INFINITY) {
        sum += storedWords(axis, start, end);
        continue;
      }
      const left = storedWords(axis, start, Math.min(end, start + step));
      const before = isOutput ? p > 0 : r > 0;
      const full = isOutput
        ? axis.stride * (outputExtent - 1) + axis.dilation * (filters - 1) + 1
        : axis.stride * (outputs - 1) + axis.dilation * (filterExtent - 1) + 1;
      sum += before ? Math.min(left, storedWords(axis, Math.max(start, start - step + full), end)) : left;
    }
  return sum;
}

/** Words of [from, to) that are no padding. */
function storedWords(axis: SlidingAxis, from: number, to: number): number {
  return Math.max(0, Math.min(to, axis.storedTo) - Math.max(from, axis.storedFrom));
}
