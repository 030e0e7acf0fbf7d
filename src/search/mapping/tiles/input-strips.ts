import type { KernelModel, SlidingAxis } from '../../../cost/kernel/model.ts';
import { sharedWords, tileSpan } from '../../../cost/kernel/sliding/axis-tiles.ts';
import { divisors } from '../../../util/integers.ts';
import { commonWords } from '../../../workload/used-words.ts';

/** Tiles of an axis, all of these extents. */
export interface AxisTiles {
  readonly axis: SlidingAxis;
  readonly outputs: number;
  readonly filters: number;
}

/** Loops over one axis above a tile: the innermost one that moves Inputs, and those over the axis's other dim. */
export interface AxisLoops {
  readonly tiles: AxisTiles;
  /** Words that the loop (the other dim's loops) moves the tile by. */
  readonly step: number;
  readonly partnerStep: number;
  /** Temporal steps above the tile. */
  readonly steps: number;
  readonly partnerSteps: number;
  /** Least new words of a tile that moves by at least the step: its words less the most that it can share then. */
  readonly newWords: number;
  readonly mostShared: number;
}

/**
 * Most words that a tile shares with an equal one that is at least `step` words away. Without gaps the nearest shares most. With them the number rises
 * and falls from word to word, but not from one stride (dilation) to the next, where the other coefficient is 1.
 */
export function mostSharedWords({ axis, outputs, filters }: AxisTiles, step: number): number {
  if (!axis.hasGaps) return sharedWords(axis, outputs, filters, step);
  const { stride, dilation } = axis;
  const period = stride === 1 ? dilation : dilation === 1 ? stride : Number.POSITIVE_INFINITY;
  const behind = Math.min(tileSpan(axis, outputs, filters), step + period);
  let most = 0;
  for (let move = step; move < behind; move++) most = Math.max(most, sharedWords(axis, outputs, filters, move));
  return most;
}

/** Loops that a dim of an axis can have above a tile: one, several on levels without arrays over it, or others. */
export type LoopsAbove = 'single' | 'nested' | 'any';

/**
 * Most words per tile by which all moves together bring in less than `newWords` each.
 *
 * A move by the innermost loop brings in that many new words, and so does at least every move of a loop outside the axis, because all loops inside
 * wrap in the same direction. A move of the other dim is one step of it forwards less the wrap of the D steps inside it, so it can cancel
 * where D - 1 steps are near one of the other dim's; it happens once in D moves at most. A further move of the same dim cancels where it
 * is near the wrap of P steps of the other dim, at most once in 2 P moves. With a single level above, each dim has one loop. With arrays
 * further out (or under rules where rounds are cut short) moves are of any length, once in two.
 */
export function cancelledWords(loops: AxisLoops, kind: LoopsAbove): number {
  const { tiles, step, partnerStep, steps, partnerSteps, newWords, mostShared } = loops;
  if (steps === 1 || partnerSteps === 1) return 0;
  if (kind === 'any') return newWords / 2;
  const lossOf = (shift: number) =>
    Math.max(0, sharedWords(tiles.axis, tiles.outputs, tiles.filters, shift) - mostShared);
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
  return Math.min(newWords / 2, loss / least + again / (2 * leastPartner));
}

/** Sum over all tiles of their stored words. */
export function storedSum(model: KernelModel, { axis, outputs, filters }: AxisTiles): number {
  const outputBound = model.bounds[axis.output]!;
  const filterBound = model.bounds[axis.filter]!;
  let sum = 0;
  for (let p = 0; p < outputBound; p += outputs)
    for (let r = 0; r < filterBound; r += filters)
      sum += storedOf(axis, p, r, Math.min(outputs, outputBound - p), Math.min(filters, filterBound - r));
  return sum;
}

/** Sum over all tiles of the least stored words that a move by at least the step brings in. */
export function newSum(model: KernelModel, loops: AxisLoops, isOutput: boolean, isRagged: boolean): number {
  const { tiles, step } = loops;
  const { axis } = tiles;
  if (axis.hasGaps) return gappedSum(model, loops);
  return isRagged ? raggedStripSum(model, tiles, step, isOutput) : stripSum(model, tiles, step);
}

/** Where tiles have gaps: the stored words of every tile less the most that can be shared. */
function gappedSum(model: KernelModel, { tiles, newWords, mostShared }: AxisLoops): number {
  const { axis, outputs, filters } = tiles;
  const outputBound = model.bounds[axis.output]!;
  const filterBound = model.bounds[axis.filter]!;
  if (!axis.padded && outputBound % outputs === 0 && filterBound % filters === 0)
    return (outputBound / outputs) * (filterBound / filters) * newWords;
  let sum = 0;
  for (let p = 0; p < outputBound; p += outputs)
    for (let r = 0; r < filterBound; r += filters) {
      const own = storedOf(axis, p, r, Math.min(outputs, outputBound - p), Math.min(filters, filterBound - r));
      sum += Math.max(0, own - mostShared);
    }
  return sum;
}

/** Sum over all tiles, which have no gaps, of the stored words in the first or the last `step` words, whichever are fewer. */
function stripSum(model: KernelModel, { axis, outputs, filters }: AxisTiles, step: number): number {
  const outputTiles = model.bounds[axis.output]! / outputs;
  const filterTiles = model.bounds[axis.filter]! / filters;
  const width = tileSpan(axis, outputs, filters);
  const strip = Math.min(width, step);
  if (!axis.padded) return outputTiles * filterTiles * strip;
  let sum = 0;
  for (let p = 0; p < outputTiles; p++)
    for (let r = 0; r < filterTiles; r++) {
      const start = p * axis.stride * outputs + r * axis.dilation * filters;
      const left = storedWords(axis, start, start + strip);
      sum += strip === width ? left : Math.min(left, storedWords(axis, start + width - strip, start + width));
    }
  return sum;
}

/**
 * The same where the last tiles are clipped: a move along the dim brings in what the box before does not reach, a wrap the first `step` words.
 * Under a partner dim of which half the moves may cancel, the caller takes half of the tiles off.
 */
function raggedStripSum(
  model: KernelModel,
  { axis, outputs: outputExtent, filters: filterExtent }: AxisTiles,
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
      const end = start + tileSpan(axis, outputs, filters);
      const left = storedWords(axis, start, Math.min(end, start + step));
      const before = isOutput ? p > 0 : r > 0;
      const full = isOutput ? tileSpan(axis, outputExtent, filters) : tileSpan(axis, outputs, filterExtent);
      sum += before ? Math.min(left, storedWords(axis, Math.max(start, start - step + full), end)) : left;
    }
  return sum;
}

/** Stored words of the tile that starts at positions p and r. */
function storedOf(axis: SlidingAxis, p: number, r: number, outputs: number, filters: number): number {
  const start = p * axis.stride + r * axis.dilation;
  if (!axis.hasGaps) return storedWords(axis, start, start + tileSpan(axis, outputs, filters));
  return commonWords(axis, outputs, filters, outputs, filters, 0, axis.storedFrom - start, axis.storedTo - start);
}

/** Words of [from, to) that are no padding. */
function storedWords(axis: SlidingAxis, from: number, to: number): number {
  return Math.max(0, Math.min(to, axis.storedTo) - Math.max(from, axis.storedFrom));
}
