import { DIM_COUNT, type KernelModel, type SlidingAxis } from '../model.ts';
import type { KernelState } from '../state.ts';

/**
 * What a sum over the tiles of an axis adds up: words shared with the tile that the loops inside the cut reach last, or with the one before
 * the output (filter) loop at the cut advanced; or just the number of tiles.
 */
export const [COMPARE_WRAP, COMPARE_OUTPUT_ADVANCE, COMPARE_FILTER_ADVANCE, COUNT_TILES] = [0, 1, 2, 3] as const;

/** Which children of the outer level a sum runs over. */
export const [EVERY_CHILD, EVERY_GROUP, EVERY_SERVED, EVERY_MEMBER] = [0, 1, 2, 3] as const;

/**
 * Tiles of one dim, sorted into classes. Class 0 holds all tiles away from every edge; its position does not matter. The others are
 * single tiles at the ragged edge or near padding. Each has a length and the tile it is compared with: its displacement and length.
 */
export interface TileClasses {
  count: number;
  readonly tiles: Float64Array;
  readonly position: Float64Array;
  readonly length: Float64Array;
  readonly move: Float64Array;
  readonly movedLength: Float64Array;
}

/** Classes with room for all tiles of a dim. */
export function tileClasses(room: number): TileClasses {
  const perTile = () => new Float64Array(room + 1);
  return {
    count: 0,
    tiles: perTile(),
    position: perTile(),
    length: perTile(),
    move: perTile(),
    movedLength: perTile(),
  };
}

/** Positions of a dim between which a tile touches padding on neither side, whatever the other dim's position. */
export interface AxisLimits {
  readonly insideFrom: number;
  readonly insideTo: number;
}

/** Limits of an axis for its output (or filter) dim; infinite without padding. */
export function axisLimits(axis: SlidingAxis, bounds: Float64Array, forOutput: boolean): AxisLimits {
  const coefficient = forOutput ? axis.stride : axis.dilation;
  const other = forOutput ? axis.dilation * (bounds[axis.filter]! - 1) : axis.stride * (bounds[axis.output]! - 1);
  return {
    insideFrom: Math.ceil(axis.storedFrom / coefficient),
    insideTo: Math.ceil((axis.storedTo - other) / coefficient),
  };
}

/**
 * Sorts the tiles that the loops of dim `d` visit into `into`: temporal loops of levels < `cut` free (the loop at `cut` too, from index 1,
 * when it is the one that advances), those further in at index 0; spatial loops of levels 0..boundary within the state's ranges.
 */
export function classifyTiles(
  model: KernelModel,
  state: KernelState,
  d: number,
  limits: AxisLimits,
  boundary: number,
  cut: number,
  advances: boolean,
  into: TileClasses,
): void {
  const { extents, steps, rangeFrom, rangeTo } = state;
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
  const { position, tiles } = into;
  let open = state.openTiles;
  let next = state.nextTiles;
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
      const highest = Math.min(bound - skipped, limits.insideTo);
      for (let i = 0; i < openCount; i++) {
        const start = open[i]!;
        const insideTo = Math.min(behind, Math.floor((highest - start) / step));
        const insideFrom = Math.max(first, Math.ceil((limits.insideFrom - start) / step));
        if (insideTo > insideFrom) interior += (insideTo - insideFrom) * inside;
        for (let k = first; k < behind; k++) {
          if (k === insideFrom && insideTo > insideFrom) k = insideTo;
          const at = start + k * step;
          if (k >= behind || at >= bound) break;
          next[nextCount++] = at;
        }
      }
      const swap = open;
      open = next;
      next = swap;
      openCount = nextCount;
    }
  }
  tiles[0] = interior;
  position[0] = 0;
  into.length[0] = tile;
  into.move[0] = advances ? -back : skipped;
  into.movedLength[0] = tile;
  for (let i = 0; i < openCount; i++) {
    const start = open[i]!;
    tiles[i + 1] = 1;
    position[i + 1] = start;
    into.length[i + 1] = Math.min(tile, bound - start);
    into.move[i + 1] = -back;
    into.movedLength[i + 1] = tile;
    if (!advances) findLast(state, d, bound, tile, start, cut, boundary, into, i + 1);
  }
  into.count = openCount + 1;
}

/** The last live tile that the loops at and inside `cut` reach from `start`: each, outermost first, at its largest live index. */
function findLast(
  state: KernelState,
  d: number,
  bound: number,
  tile: number,
  start: number,
  cut: number,
  boundary: number,
  into: TileClasses,
  place: number,
): void {
  const { extents, steps } = state;
  let last = start;
  for (let level = cut; level <= boundary; level++) {
    const at = level * DIM_COUNT + d;
    const step = steps[at]!;
    last += Math.min(extents[at]! / step - 1, Math.floor((bound - 1 - last) / step)) * step;
  }
  into.move[place] = last - start;
  into.movedLength[place] = Math.min(tile, bound - last);
}

/**
 * Combines the classes of an output and a filter dim: stored words that each tile shares with the one it is compared with.
 * Leaves in the state whether any two of them touch at all (stored or not).
 */
export function combineClasses(
  state: KernelState,
  axis: SlidingAxis,
  outputs: TileClasses,
  filters: TileClasses,
): number {
  const { stride, dilation, storedFrom, storedTo } = axis;
  let sum = 0;
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
      if (i === 0 || j === 0) sum += (end - start) * outputs.tiles[i]! * filters.tiles[j]!;
      else {
        const word = at + dilation * filters.position[j]!;
        sum += Math.max(0, Math.min(word + end, storedTo) - Math.max(word + start, storedFrom));
      }
    }
  }
  state.touches = touches;
  return sum;
}

/** Live tiles among the classes. */
export function liveTiles(classes: TileClasses): number {
  return classes.tiles[0]! + classes.count - 1;
}
