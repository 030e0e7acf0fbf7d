import { DIM_COUNT, type KernelModel, type SlidingAxis } from '../../../cost/kernel/model.ts';
import { ceilDiv, divisors } from '../../../util/integers.ts';
import type { TileLattice } from '../space/tile-lattice.ts';

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

/** Compiles an axis. */
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
  const isFree = (d: number) => spatial.every((bound, i) => i % DIM_COUNT !== d || i >= above || bound === 1);
  const kind =
    model.isTimeloop || isRagged
      ? 'any'
      : level === 1
        ? 'single'
        : isFree(axis.output) && isFree(axis.filter)
          ? 'nested'
          : 'any';
  for (let p = 0; p < outputs.length; p++)
    for (let r = 0; r < filters.length; r++) {
      const at = p * filters.length + r;
      const width = axis.stride * (outputs[p]! - 1) + axis.dilation * (filters[r]! - 1) + 1;
      table.width[at] = width;
      table.storedWidth[at] = Math.min(width, axis.length);
      const outputStep = axis.stride * outputs[p]! * spatial[above + axis.output]!;
      const filterStep = axis.dilation * filters[r]! * spatial[above + axis.filter]!;
      const tiles = outputTiles[p]! * filterTiles[r]!;
      const strip = (step: number, isOutput: boolean) => {
        const outputSteps = lattice.above[axis.output]![p]!;
        const filterSteps = lattice.above[axis.filter]![r]!;
        const sum = isRagged
          ? raggedStripSum(model, axis, outputs[p]!, filters[r]!, step, isOutput)
          : stripSum(axis, outputTiles[p]!, filterTiles[r]!, outputs[p]!, filters[r]!, width, step);
        const loss = isOutput
          ? cancelledWords(
              { width, step, partnerStep: filterStep, steps: outputSteps, partnerSteps: filterSteps },
              kind,
            )
          : cancelledWords(
              { width, step, partnerStep: outputStep, steps: filterSteps, partnerSteps: outputSteps },
              kind,
            );
        return Math.max(0, sum - tiles * loss);
      };
      table.full[at] = isRagged
        ? raggedStripSum(model, axis, outputs[p]!, filters[r]!, Number.POSITIVE_INFINITY, true)
        : stripSum(axis, outputTiles[p]!, filterTiles[r]!, outputs[p]!, filters[r]!, width, width);
      outputJoins[at] = isSpreadAbove(axis.output) || outputStep > width ? 0 : 1;
      filterJoins[at] = isSpreadAbove(axis.filter) || filterStep > width ? 0 : 1;
      table.outputStrip[at] = strip(outputStep, true);
      table.filterStrip[at] = strip(filterStep, false);
    }
  const outputPitch = outputs.map((extent) => extent * axis.stride);
  const filterPitch = filters.map((extent) => extent * axis.dilation);
  return { axis, ...table, outputTiles, filterTiles, outputPitch, filterPitch, outputJoins, filterJoins };
}

/** Loops over one axis above a tile: the innermost one that moves Inputs, and those over the axis's other dim. */
interface AxisLoops {
  readonly width: number;
  /** Words that the loop (the other dim's loops) moves the tile by. */
  readonly step: number;
  readonly partnerStep: number;
  /** Temporal steps above the tile. */
  readonly steps: number;
  readonly partnerSteps: number;
}

/**
 * Most words per tile by which all moves together bring in less than min(width, step) each.
 *
 * A move by the innermost loop brings in that many new words, and so does at least every move of a loop outside the axis, because all loops inside
 * wrap in the same direction. A move of the other dim is one step of it forwards less the wrap of the D steps inside it, so it can cancel
 * where D - 1 steps are near one of the other dim's; it happens once in D moves at most. A further move of the same dim cancels where it
 * is near the wrap of P steps of the other dim, at most once in 2 P moves. With a single level above, each dim has one loop. With arrays
 * further out (or under rules where rounds are cut short) moves are of any length, once in two.
 */
function cancelledWords(
  { width, step, partnerStep, steps, partnerSteps }: AxisLoops,
  kind: 'single' | 'nested' | 'any',
): number {
  if (steps === 1 || partnerSteps === 1) return 0;
  const most = Math.min(width, step);
  if (kind === 'any') return most / 2;
  const lossOf = (shift: number) => Math.max(0, most - Math.min(width, Math.abs(shift)));
  if (kind === 'single') return (lossOf(partnerStep - (steps - 1) * step) * (1 - 1 / partnerSteps)) / steps;
  let loss = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const inside of divisors(steps)) {
    const own = inside === 1 ? 0 : lossOf(partnerStep - (inside - 1) * step);
    if (own === 0) continue;
    loss = Math.max(loss, own);
    least = Math.min(least, inside);
  }
  let again = 0;
  let leastPartner = Number.POSITIVE_INFINITY;
  for (const inside of divisors(partnerSteps)) {
    const own = inside === 1 || steps < 4 ? 0 : lossOf(step - (inside - 1) * partnerStep);
    if (own === 0) continue;
    again = Math.max(again, own);
    leastPartner = Math.min(leastPartner, inside);
  }
  return Math.min(most / 2, loss / least + again / (2 * leastPartner));
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
