import { commonWords } from '../../../workload/used-words.ts';
import type { KernelState, NestSizes } from '../kernel-state.ts';
import { DIM_COUNT, type KernelModel } from '../model.ts';
import { type AxisSum, COMPARE_FILTER_ADVANCE, COMPARE_OUTPUT_ADVANCE, measuredTile } from '../sliding/axis-sum.ts';
import { wordsOfTile } from '../sliding/axis-tiles.ts';
import { growClasses, grownTiles, type TileClasses } from './ragged-scratch.ts';

/**
 * Sorts the tiles that the loops of the sum's output (or filter) dim visit: temporal loops outside the cut free (the loop at the cut too, from
 * index 1, when it is the one that advances), those further in at index 0; spatial loops of levels 0..boundary within the state's ranges.
 */
export function classifyTiles(model: KernelModel, state: KernelState, sum: AxisSum, isOutput: boolean): TileClasses {
  const { rangeFrom, rangeTo } = state;
  const { extents, steps } = state.nest;
  const { axis, boundary } = sum;
  const d = isOutput ? axis.output : axis.filter;
  const cut = isOutput ? sum.outputCut : sum.filterCut;
  const limits = isOutput ? axis.outputInside : axis.filterInside;
  const advances = sum.compare === (isOutput ? COMPARE_OUTPUT_ADVANCE : COMPARE_FILTER_ADVANCE);
  const into = isOutput ? state.ragged.outputClasses : state.ragged.filterClasses;
  const bound = model.bounds[d]!;
  const tile = extents[(boundary + 1) * DIM_COUNT + d]!;
  let back = 0;
  let inside = 1;
  for (let level = boundary; level >= 0; level--) {
    const at = level * DIM_COUNT + d;
    inside *= rangeTo[at]! - rangeFrom[at]!;
    const trips = extents[at]! / steps[at]!;
    if (level < cut) inside *= trips;
    else if (advances) {
      if (level > cut) back += (trips - 1) * steps[at]!;
      else {
        back = steps[at]! - back;
        inside *= trips - 1;
      }
    }
  }
  let open = state.ragged.openTiles;
  let next = state.ragged.nextTiles;
  let openCount = 1;
  open[0] = 0;
  let interior = 0;
  let skipped = 0;
  for (let level = 0; level <= boundary; level++) {
    const at = level * DIM_COUNT + d;
    for (let kind = 0; kind < 2; kind++) {
      const isSpatial = kind === 1;
      const step = isSpatial ? extents[at + DIM_COUNT]! : steps[at]!;
      let first = isSpatial ? rangeFrom[at]! : 0;
      let behind = isSpatial ? rangeTo[at]! : extents[at]! / step;
      if (!isSpatial && level >= cut) {
        if (advances && level === cut) first = 1;
        else {
          if (!advances) skipped += (behind - 1) * step;
          behind = 1;
        }
      }
      if (behind === 1 && first === 0) continue;
      inside /= behind - first;
      let nextCount = 0;
      const highest = Math.min(bound - skipped, limits.to);
      for (let i = 0; i < openCount; i++) {
        const start = open[i]!;
        const insideTo = Math.min(behind, Math.floor((highest - start) / step));
        const insideFrom = Math.max(first, Math.ceil((limits.from - start) / step));
        if (insideTo > insideFrom) interior += (insideTo - insideFrom) * inside;
        for (let k = first; k < behind; k++) {
          if (k === insideFrom && insideTo > insideFrom) k = insideTo;
          const at = start + k * step;
          if (k >= behind || at >= bound) break;
          if (nextCount === next.length) next = grownTiles(next);
          next[nextCount++] = at;
        }
      }
      const swap = open;
      open = next;
      next = swap;
      openCount = nextCount;
    }
  }
  state.ragged.openTiles = open;
  state.ragged.nextTiles = next;
  growClasses(into, openCount + 1);
  const { position, tiles } = into;
  tiles[0] = interior;
  position[0] = 0;
  into.length[0] = tile;
  into.move[0] = advances ? -back : skipped;
  into.movedLength[0] = tile;
  for (let i = 0; i < openCount; i++) {
    const start = open[i]!;
    const compared = advances ? start - back : lastTile(state.nest, d, bound, start, cut, boundary);
    tiles[i + 1] = 1;
    position[i + 1] = start;
    into.length[i + 1] = Math.min(tile, bound - start);
    into.move[i + 1] = compared - start;
    into.movedLength[i + 1] = Math.min(tile, bound - compared);
  }
  into.count = openCount + 1;
  return into;
}

/** Position of the last live tile that the loops at and inside `cut` reach from `start`: each, outermost first, at its largest live index. */
function lastTile(
  { extents, steps }: NestSizes,
  d: number,
  bound: number,
  start: number,
  cut: number,
  boundary: number,
): number {
  let last = start;
  for (let level = cut; level <= boundary; level++) {
    const at = level * DIM_COUNT + d;
    const step = steps[at]!;
    last += Math.min(extents[at]! / step - 1, Math.floor((bound - 1 - last) / step)) * step;
  }
  return last;
}

/**
 * Combines the classes of an output and a filter dim: stored words that each tile shares with the one it is compared with.
 * Leaves in the sum whether any two of them touch at all (stored or not).
 */
export function combineClasses(sum: AxisSum, outputs: TileClasses, filters: TileClasses): number {
  const { axis } = sum;
  const { stride, dilation, storedFrom, storedTo, hasGaps } = axis;
  let total = 0;
  let touches = false;
  for (let i = outputs.tiles[0] === 0 ? 1 : 0; i < outputs.count; i++) {
    const rows = stride * (outputs.length[i]! - 1) + 1;
    const movedRows = stride * (outputs.movedLength[i]! - 1) + 1;
    const move = stride * outputs.move[i]!;
    const at = stride * outputs.position[i]!;
    for (let j = filters.tiles[0] === 0 ? 1 : 0; j < filters.count; j++) {
      const shift = move + dilation * filters.move[j]!;
      const end = Math.min(
        rows + dilation * (filters.length[j]! - 1),
        shift + movedRows + dilation * (filters.movedLength[j]! - 1),
      );
      const start = Math.max(0, shift);
      if (end <= start) continue;
      touches = true;
      if (hasGaps) {
        const isInside = i === 0 || j === 0;
        const word = at + dilation * filters.position[j]!;
        const words = commonWords(
          axis,
          outputs.length[i]!,
          filters.length[j]!,
          outputs.movedLength[i]!,
          filters.movedLength[j]!,
          shift,
          isInside ? Number.NEGATIVE_INFINITY : storedFrom - word,
          isInside ? Number.POSITIVE_INFINITY : storedTo - word,
        );
        total += words * outputs.tiles[i]! * filters.tiles[j]!;
      } else if (i === 0 || j === 0) total += (end - start) * outputs.tiles[i]! * filters.tiles[j]!;
      else {
        const word = at + dilation * filters.position[j]!;
        total += Math.max(0, Math.min(word + end, storedTo) - Math.max(word + start, storedFrom));
      }
    }
  }
  sum.touches = touches;
  return total;
}

/** Combines the classes of an output and a filter dim: what each tile counts, by its stored words (`measuredTile`). */
export function measureClasses(sum: AxisSum, outputs: TileClasses, filters: TileClasses): number {
  const { axis } = sum;
  const { stride, dilation, storedFrom, storedTo } = axis;
  let total = 0;
  for (let i = outputs.tiles[0] === 0 ? 1 : 0; i < outputs.count; i++)
    for (let j = filters.tiles[0] === 0 ? 1 : 0; j < filters.count; j++) {
      const p = outputs.length[i]!;
      const r = filters.length[j]!;
      const isInside = i === 0 || j === 0;
      const word = stride * outputs.position[i]! + dilation * filters.position[j]!;
      const words = isInside
        ? wordsOfTile(axis, p, r)
        : commonWords(axis, p, r, p, r, 0, storedFrom - word, storedTo - word);
      total += measuredTile(sum, words) * outputs.tiles[i]! * filters.tiles[j]!;
    }
  return total;
}

/** Live tiles among the classes. */
export function liveTiles(classes: TileClasses): number {
  return classes.tiles[0]! + classes.count - 1;
}
