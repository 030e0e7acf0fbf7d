import type { KernelModel, SlidingAxis } from '../../../cost/kernel/model.ts';
import { sharedWords, tileSpan, wordsOfTile } from '../../../cost/kernel/sliding/axis-tiles.ts';
import { ceilDiv, divisors } from '../../../util/integers.ts';
import { leastWindowSum, type MovingWindow, type Progression } from '../../../util/progressions.ts';
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
 * and falls from word to word; from the product of stride and dilation on it no longer rises over a whole stride (or dilation), unless the tile
 * is so small that no two of its pairs of positions meet.
 */
export function mostSharedWords({ axis, outputs, filters }: AxisTiles, step: number): number {
  if (!axis.hasGaps) return sharedWords(axis, outputs, filters, step);
  const { stride, dilation } = axis;
  const span = tileSpan(axis, outputs, filters);
  const isSmall = outputs < dilation && filters < stride;
  const behind = isSmall ? span : Math.min(span, Math.max(step, stride * dilation) + Math.max(stride, dilation));
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
  return axis.hasGaps
    ? gappedSum(model, { axis, outputs, filters }, 0)
    : raggedStripSum(model, axis, outputs, filters, Number.POSITIVE_INFINITY, true);
}

/** Sum over all tiles of the least stored words that a move by at least the step brings in. */
export function newSum(model: KernelModel, loops: AxisLoops, isOutput: boolean, isRagged: boolean): number {
  const { tiles, step, mostShared } = loops;
  const { axis, outputs, filters } = tiles;
  if (axis.hasGaps) return gappedSum(model, tiles, mostShared);
  if (isRagged) return raggedStripSum(model, axis, outputs, filters, step, isOutput);
  const outputTiles = ceilDiv(model.bounds[axis.output]!, outputs);
  const filterTiles = ceilDiv(model.bounds[axis.filter]!, filters);
  const width = tileSpan(axis, outputs, filters);
  return stripSum(axis, outputTiles, filterTiles, outputs, filters, width, Math.min(width, step));
}

/**
 * The same where tiles have gaps and the loop's own steps are as long as stated: of `count` tiles, only those that begin a round of the loop come by another move, and may
 * share more than a step leaves. A round has as many tiles as the least prime factor of all steps, or more.
 */
export function newSumOfSteps(
  model: KernelModel,
  { tiles, step, steps, mostShared }: AxisLoops,
  count: number,
): number {
  const shared = sharedWords(tiles.axis, tiles.outputs, tiles.filters, step);
  if (steps === 1 || shared >= mostShared) return 0;
  const leastRound = divisors(steps)[1]!;
  return gappedSum(model, tiles, shared) - (count / leastRound) * (mostShared - shared);
}

/** Where tiles have gaps: over all tiles, the stored words of each less the most that can be shared. Only those at an end are looked at one by one. */
function gappedSum(model: KernelModel, { axis, outputs, filters }: AxisTiles, mostShared: number): number {
  const { storedFrom, storedTo } = axis;
  let sum = 0;
  for (const p of tileKinds(model.bounds[axis.output]!, outputs, axis.stride))
    for (const r of tileKinds(model.bounds[axis.filter]!, filters, axis.dilation)) {
      const whole = Math.max(0, wordsOfTile(axis, p.extent, r.extent) - mostShared);
      const span = tileSpan(axis, p.extent, r.extent);
      const [few, many] = r.count <= p.count ? [r, p] : [p, r];
      for (let i = 0; i < few.count; i++) {
        const first = many.start + few.start + i * few.step;
        const indexFrom = (at: number) => Math.min(many.count, Math.max(0, Math.ceil((at - first) / many.step)));
        const cutAt = (index: number): number => {
          const start = first + index * many.step;
          const words = commonWords(
            axis,
            p.extent,
            r.extent,
            p.extent,
            r.extent,
            0,
            storedFrom - start,
            storedTo - start,
          );
          return Math.max(0, words - mostShared);
        };
        const inside = indexFrom(storedFrom);
        const cut = Math.max(inside, indexFrom(storedTo - span + 1));
        const behind = Math.max(inside, indexFrom(storedTo));
        sum += (cut - inside) * whole;
        for (let index = indexFrom(storedFrom - span + 1); index < inside; index++) sum += cutAt(index);
        for (let index = cut; index < behind; index++) sum += cutAt(index);
      }
    }
  return sum;
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
  return tileSum(
    axis,
    { start: 0, step: axis.stride * outputExtent, count: outputTiles },
    { start: 0, step: axis.dilation * filterExtent, count: filterTiles },
    { from: 0, to: strip },
    { from: width - strip, to: width },
  );
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
  const { stride, dilation } = axis;
  let sum = 0;
  for (const p of tileKinds(model.bounds[axis.output]!, outputExtent, stride))
    for (const r of tileKinds(model.bounds[axis.filter]!, filterExtent, dilation)) {
      const width = stride * (p.extent - 1) + dilation * (r.extent - 1) + 1;
      const before = isOutput
        ? stride * (outputExtent - 1) + dilation * (r.extent - 1) + 1
        : stride * (p.extent - 1) + dilation * (filterExtent - 1) + 1;
      const all = { from: 0, to: width };
      const first = { from: 0, to: Math.min(width, step) };
      const isMove = step !== Number.POSITIVE_INFINITY && (isOutput ? !p.isFirst : !r.isFirst);
      sum += tileSum(axis, p, r, first, isMove ? { from: Math.max(0, before - step), to: width } : all);
    }
  return sum;
}

/** Tiles of a dim that are alike, with the word at which each starts. */
interface TileKind extends Progression {
  /** Positions of the dim in the tile. */
  readonly extent: number;
  readonly isFirst: boolean;
}

/** The first tile of a dim, those in the middle, and the last one, which may be cut short. */
function tileKinds(bound: number, extent: number, coefficient: number): TileKind[] {
  const tiles = ceilDiv(bound, extent);
  const step = coefficient * extent;
  const first = { start: 0, step, count: 1, extent: Math.min(extent, bound), isFirst: true };
  const middle = { start: step, step, count: tiles - 2, extent, isFirst: false };
  const last = { start: (tiles - 1) * step, step, count: 1, extent: bound - (tiles - 1) * extent, isFirst: false };
  return [first, ...(tiles > 2 ? [middle] : []), ...(tiles > 1 ? [last] : [])];
}

/** Sum over all pairs of tiles of the words that are no padding in one of two windows of the tile, in the one that has fewer. */
function tileSum(
  { storedFrom, storedTo }: SlidingAxis,
  outputs: Progression,
  filters: Progression,
  a: MovingWindow,
  b: MovingWindow,
): number {
  const [few, many] = filters.count <= outputs.count ? [filters, outputs] : [outputs, filters];
  const stored = { from: storedFrom, to: storedTo };
  let sum = 0;
  for (let i = 0; i < few.count; i++)
    sum += leastWindowSum({ ...many, start: many.start + few.start + i * few.step }, a, b, stored);
  return sum;
}
