import { K } from '../../../cost/kernel/model.ts';
import type { BoxLevel } from './box-levels.ts';
import type { Intervals } from './extent-boxes.ts';

/** [dim][outer interval][inner interval]: whether some extents of the two belong together. */
type DimMap = readonly (readonly Uint8Array[])[];

/** Which boxes of two levels can hold tiles of one chain. */
export interface Reach {
  /** A loop leads from the outer to the inner tile. */
  readonly within: DimMap;
  /** Both tiles can have the same extent. */
  readonly same: DimMap;
}

/** Compares the intervals of two levels. */
export function reachable(
  values: readonly Float64Array[],
  outer: readonly Intervals[],
  inner: readonly Intervals[],
): Reach {
  const map = (test: (d: number, from: number, to: number, innerFrom: number, innerTo: number) => boolean): DimMap =>
    outer.map(({ first, last }, d) =>
      Array.from(first, (from, j) =>
        Uint8Array.from(inner[d]!.first, (innerFrom, i) =>
          test(d, from, last[j]!, innerFrom, inner[d]!.last[i]!) ? 1 : 0,
        ),
      ),
    );
  return {
    within: map((d, from, to, innerFrom, innerTo) => hasLoop(values[d]!, from, to, innerFrom, innerTo)),
    same: map((_, from, to, innerFrom, innerTo) => innerFrom <= to && from <= innerTo),
  };
}

/** Whether some outer extent is everything or a multiple of some inner one. */
function hasLoop(list: Float64Array, from: number, to: number, innerFrom: number, innerTo: number): boolean {
  if (to === list.length - 1) return true;
  for (let outer = to; outer >= from; outer--)
    for (let inner = innerFrom; inner <= innerTo && inner <= outer; inner++)
      if (list[outer]! % list[inner]! === 0) return true;
  return false;
}

/** One value per box; dim 0 runs fastest. */
export interface Grid {
  readonly values: Float64Array;
  /** [dim]: intervals. */
  readonly counts: readonly number[];
}

/** The boxes of a level with their values. */
export function gridOf(dims: readonly Intervals[], values: Float64Array): Grid {
  return { values, counts: dims.map(({ first }) => first.length) };
}

/**
 * Replaces the intervals of one level along `dims` by those of the other, each with the least value over those it belongs together with.
 * @param isOutwards whether the intervals that are replaced are those of the outer level
 */
export function minimizeInside(
  grid: Grid,
  to: readonly Intervals[],
  dims: readonly number[],
  map: DimMap,
  isOutwards: boolean,
): Grid {
  let { values } = grid;
  const counts = [...grid.counts];
  for (const d of dims) {
    const sources = counts[d]!;
    const targets = to[d]!.first.length;
    if (sources === 1 && targets === 1 && map[d]![0]![0] === 1) continue;
    const stride = strideOf(counts, d);
    const blocks = values.length / (stride * sources);
    const next = new Float64Array(blocks * stride * targets).fill(Number.POSITIVE_INFINITY);
    for (let block = 0; block < blocks; block++)
      for (let j = 0; j < targets; j++) {
        const target = (block * targets + j) * stride;
        for (let i = 0; i < sources; i++) {
          if ((isOutwards ? map[d]![i]![j] : map[d]![j]![i]) === 0) continue;
          const offset = (block * sources + i) * stride;
          for (let e = 0; e < stride; e++) {
            const value = values[offset + e]!;
            if (value < next[target + e]!) next[target + e] = value;
          }
        }
      }
    values = next;
    counts[d] = targets;
  }
  return { values, counts };
}

/** The same along K with Inputs stationary through the loop over K: their energy, given per box of `own`, is divided by the loop's bound. */
export function minimizeOverK(
  grid: Grid,
  inputsPj: Float64Array,
  own: BoxLevel,
  outer: BoxLevel,
  map: DimMap,
  isOutwards: boolean,
): Grid {
  const counts = [...grid.counts];
  const sources = counts[K]!;
  const ownCount = own.dims[K]!.first.length;
  const targets = isOutwards ? ownCount : outer.dims[K]!.first.length;
  const stride = strideOf(counts, K);
  const blocks = grid.values.length / (stride * sources);
  const next = new Float64Array(blocks * stride * targets).fill(Number.POSITIVE_INFINITY);
  for (let block = 0; block < blocks; block++)
    for (let j = 0; j < targets; j++)
      for (let i = 0; i < sources; i++) {
        const outerPlace = isOutwards ? i : j;
        const ownPlace = isOutwards ? j : i;
        if (map[K]![outerPlace]![ownPlace] === 0) continue;
        const share = outer.above[K]![outerPlace]! / own.above[K]![ownPlace]!;
        const target = (block * targets + j) * stride;
        const offset = (block * sources + i) * stride;
        const words = (block * ownCount + ownPlace) * stride;
        for (let e = 0; e < stride; e++) {
          const value = grid.values[offset + e]! + inputsPj[words + e]! * share;
          if (value < next[target + e]!) next[target + e] = value;
        }
      }
  counts[K] = targets;
  return { values: next, counts };
}

function strideOf(counts: readonly number[], d: number): number {
  let stride = 1;
  for (let e = 0; e < d; e++) stride *= counts[e]!;
  return stride;
}
