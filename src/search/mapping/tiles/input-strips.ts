import type { KernelModel, SlidingAxis } from '../../../cost/kernel/model.ts';
import { divisors } from '../../../util/integers.ts';

/** Loops over one axis above a tile: the innermost one that moves Inputs, and those over the axis's other dim. */
export interface AxisLoops {
  readonly width: number;
  /** Words that the loop (the other dim's loops) moves the tile by. */
  readonly step: number;
  readonly partnerStep: number;
  /** Temporal steps above the tile. */
  readonly steps: number;
  readonly partnerSteps: number;
}

/** Loops that a dim of an axis can have above a tile: one, several on levels without arrays over it, or others. */
export type LoopsAbove = 'single' | 'nested' | 'any';

/**
 * Most words per tile by which all moves together bring in less than min(width, step) each.
 *
 * A move by the innermost loop brings in that many new words, and so does at least every move of a loop outside the axis, because all loops inside
 * wrap in the same direction. A move of the other dim is one step of it forwards less the wrap of the D steps inside it, so it can cancel
 * where D - 1 steps are near one of the other dim's; it happens once in D moves at most. A further move of the same dim cancels where it
 * is near the wrap of P steps of the other dim, at most once in 2 P moves. With a single level above, each dim has one loop. With arrays
 * further out (or under rules where rounds are cut short) moves are of any length, once in two.
 */
export function cancelledWords({ width, step, partnerStep, steps, partnerSteps }: AxisLoops, kind: LoopsAbove): number {
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

/** Sum over all tiles of the stored words in the first or the last `strip` <= `width` words of the tile, whichever are fewer. */
export function stripSum(
  axis: SlidingAxis,
  outputTiles: number,
  filterTiles: number,
  outputExtent: number,
  filterExtent: number,
  width: number,
  strip: number,
): number {
  if (!axis.padded) return outputTiles * filterTiles * strip;
  let sum = 0;
  for (let p = 0; p < outputTiles; p++)
    for (let r = 0; r < filterTiles; r++) {
      const start = p * axis.stride * outputExtent + r * axis.dilation * filterExtent;
      const left = storedWords(axis, start, start + strip);
      sum += strip === width ? left : Math.min(left, storedWords(axis, start + width - strip, start + width));
    }
  return sum;
}

/**
 * The same where the last tiles are clipped: a move along the dim brings in what the box before does not reach, a wrap the first `step` words.
 * Under a partner dim of which half the moves may cancel, the caller takes half of the tiles off.
 */
export function raggedStripSum(
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
