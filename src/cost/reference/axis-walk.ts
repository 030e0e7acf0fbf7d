import { ceilDiv } from '../../util/integers.ts';

/**
 * Traffic between tiles separates by axis. When loop i of a nest advances, the loops inside it wrap, and the tile held before is the
 * last live one with i one lower. Summed over the indices of i and of the loops outside it, the words of the new tile are a product of
 * one sum per axis, and so are the words that both tiles share, because the axes of a tensor have no dim in common.
 * This file computes these sums for one axis by walking its own loops: obvious and slow.
 */

/** One temporal loop of an axis, outermost first in {@link AxisWalk}. */
export interface AxisLoop {
  /** Which term of the axis the loop belongs to. */
  readonly term: number;
  readonly bound: number;
  /** Positions of the term's dim per iteration. */
  readonly step: number;
}

/** One term of the axis: a dim with its coefficient. */
export interface AxisTermExtent {
  readonly coefficient: number;
  /** The problem's bound of the dim. */
  readonly bound: number;
  /** Positions of the dim in one tile of the child. */
  readonly extent: number;
}

/** An axis as one group of children sees it. */
export interface AxisWalk {
  readonly loops: readonly AxisLoop[];
  readonly terms: readonly AxisTermExtent[];
  /** Offsets per term of the children in the group; all give the same shift. Their clipped boxes are united. */
  readonly members: readonly (readonly number[])[];
  /** First word that is stored and the first one behind them; words outside are padding. */
  readonly storedFrom: number;
  readonly storedTo: number;
}

/** Sums per cut c = 0 .. number of loops: over the live indices of the c outermost loops. */
export interface AxisSums {
  /** Words of the tile when the inner loops are at their start. */
  readonly first: Float64Array;
  /** The same over indices >= 1 of the c-th loop only. */
  readonly advanced: Float64Array;
  /** Words shared by the first tile and the last live one of the same outer indices (an unrelated loop advances). */
  readonly wrapShared: Float64Array;
  /** Words shared by the first tile and the last live one of the c-th loop's previous index (that loop advances). */
  readonly advanceShared: Float64Array;
}

/** Box on one axis: words [start, end); empty and dead when `live` is false. */
interface Box {
  readonly live: boolean;
  readonly start: number;
  readonly end: number;
}

/** Zeroed sums for `loopCount` loops. */
export function emptySums(loopCount: number): AxisSums {
  const column = () => new Float64Array(loopCount + 1);
  return { first: column(), advanced: column(), wrapShared: column(), advanceShared: column() };
}

/** Adds `weight` times `sums` to `total`. */
export function addSums(total: AxisSums, sums: AxisSums, weight: number): void {
  for (const key of ['first', 'advanced', 'wrapShared', 'advanceShared'] as const)
    for (let c = 0; c < sums.first.length; c++) total[key][c]! += weight * sums[key][c]!;
}

/** Walks one axis for one group of children. */
export function walkAxis(walk: AxisWalk): AxisSums {
  const sums = emptySums(walk.loops.length);
  const positions = walk.terms.map(() => 0);
  const visit = (cut: number, index: number, previousLast: Box): void => {
    const first = boxAt(walk, positions);
    if (!first.live) return;
    const last = lastLiveBox(walk, positions, cut);
    const words = storedWords(walk, first);
    sums.first[cut]! += words;
    sums.wrapShared[cut]! += sharedWords(walk, first, last);
    if (index > 0) {
      sums.advanced[cut]! += words;
      sums.advanceShared[cut]! += sharedWords(walk, first, previousLast);
    }
    const loop = walk.loops[cut];
    if (loop === undefined) return;
    const start = positions[loop.term]!;
    let previous = first;
    for (let k = 0; k < loop.bound; k++) {
      positions[loop.term] = start + k * loop.step;
      visit(cut + 1, k, previous);
      previous = lastLiveBox(walk, positions, cut + 1);
    }
    positions[loop.term] = start;
  };
  visit(0, 0, { live: false, start: 0, end: 0 });
  return sums;
}

/** Live steps of all the axis's loops, per group: what MACs, which hold nothing, are served. */
export function liveSteps(walk: AxisWalk): number {
  const everything = { ...walk, storedFrom: Number.NEGATIVE_INFINITY, storedTo: Number.POSITIVE_INFINITY };
  const unit = { ...everything, terms: walk.terms.map((term) => ({ ...term, extent: 1 })) };
  return walkAxis(unit).first[walk.loops.length]!;
}

function boxAt(walk: AxisWalk, positions: readonly number[]): Box {
  let live = false;
  let start = 0;
  let width = 0;
  for (const offsets of walk.members) {
    let memberLive = true;
    let memberStart = 0;
    let memberWidth = 1;
    walk.terms.forEach((term, i) => {
      const position = positions[i]! + offsets[i]!;
      const length = Math.min(term.extent, term.bound - position);
      if (length <= 0) memberLive = false;
      memberStart += term.coefficient * position;
      memberWidth += term.coefficient * (length - 1);
    });
    if (!memberLive) continue;
    live = true;
    start = memberStart;
    width = Math.max(width, memberWidth);
  }
  return { live, start, end: start + width };
}

/** The last live box with the loops outside `cut` fixed: each inner loop, outermost first, at its largest live index. */
function lastLiveBox(walk: AxisWalk, positions: readonly number[], cut: number): Box {
  const at = [...positions];
  for (const loop of walk.loops.slice(cut)) {
    const start = at[loop.term]!;
    const highest = Math.min(loop.bound - 1, ceilDiv(walk.terms[loop.term]!.bound, loop.step));
    for (let k = highest; k >= 0; k--) {
      at[loop.term] = start + k * loop.step;
      if (boxAt(walk, at).live) break;
    }
  }
  return boxAt(walk, at);
}

function storedWords(walk: AxisWalk, box: Box): number {
  return Math.max(0, Math.min(box.end, walk.storedTo) - Math.max(box.start, walk.storedFrom));
}

function sharedWords(walk: AxisWalk, a: Box, b: Box): number {
  return storedWords(walk, { live: true, start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) });
}
