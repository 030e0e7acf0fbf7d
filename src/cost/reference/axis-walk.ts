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
  /** By ascending coefficient. */
  readonly terms: readonly AxisTermExtent[];
  /** Offsets per term of the children in the group; all give the same shift. Their clipped tiles are united. */
  readonly members: readonly (readonly number[])[];
  /** First word that is stored and the first one behind them; words outside are padding. */
  readonly storedFrom: number;
  readonly storedTo: number;
  /** What is added up of the words of a tile, or of those that two tiles share; 0 of none. */
  readonly measure: (words: number) => number;
  /** Whether a child's words are all from its first to its last one. */
  readonly isBox: boolean;
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

/** Words [start, end) that follow each other. */
interface Run {
  readonly start: number;
  readonly end: number;
}

/** Stored words of a tile on one axis in ascending runs; null while it is dead. What strides and dilations leave out is no word of it. */
type Tile = readonly Run[] | null;

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
  const shared = (a: readonly Run[], b: Tile) => walk.measure(sharedWords(a, b));
  const positions = walk.terms.map(() => 0);
  const visit = (cut: number, index: number, previousLast: Tile): void => {
    const first = tileAt(walk, positions);
    if (first === null) return;
    const words = shared(first, first);
    sums.first[cut]! += words;
    sums.wrapShared[cut]! += shared(first, lastLiveTile(walk, positions, cut));
    if (index > 0) {
      sums.advanced[cut]! += words;
      sums.advanceShared[cut]! += shared(first, previousLast);
    }
    const loop = walk.loops[cut];
    if (loop === undefined) return;
    const start = positions[loop.term]!;
    let previous: Tile = first;
    for (let k = 0; k < loop.bound; k++) {
      positions[loop.term] = start + k * loop.step;
      visit(cut + 1, k, previous);
      previous = lastLiveTile(walk, positions, cut + 1);
    }
    positions[loop.term] = start;
  };
  visit(0, 0, null);
  return sums;
}

/** Live steps of all the axis's loops, per group: what MACs, which hold nothing, are served. */
export function liveSteps(walk: AxisWalk): number {
  const everything = { ...walk, storedFrom: Number.NEGATIVE_INFINITY, storedTo: Number.POSITIVE_INFINITY };
  const unit = { ...everything, terms: walk.terms.map((term) => ({ ...term, extent: 1 })) };
  return walkAxis(unit).first[walk.loops.length]!;
}

/** The union of what the live children of the group use. */
function tileAt(walk: AxisWalk, positions: readonly number[]): Tile {
  const { members } = walk;
  const runs =
    members.length === 1
      ? runsOf(walk, positions, members[0]!)
      : members.flatMap((offsets) => runsOf(walk, positions, offsets));
  if (runs.length === 0) return null;
  if (runs.length === 1) return clipped(walk, runs[0]!);
  const united: Run[] = [];
  for (const { start, end } of runs.sort((a, b) => a.start - b.start)) {
    const last = united.at(-1);
    if (last !== undefined && start <= last.end) united[united.length - 1] = { ...last, end: Math.max(last.end, end) };
    else united.push({ start, end });
  }
  return united.flatMap((run) => clipped(walk, run));
}

/** The stored part of a run; empty when all of it is padding. */
function clipped({ storedFrom, storedTo }: AxisWalk, { start, end }: Run): Run[] {
  const from = Math.max(start, storedFrom);
  const to = Math.min(end, storedTo);
  return from < to ? [{ start: from, end: to }] : [];
}

/** Words of one child. Positions along a dim prolong a run if they follow each other without a gap; else each begins a run of its own. */
function runsOf({ terms, isBox }: AxisWalk, positions: readonly number[], offsets: readonly number[]): Run[] {
  let first = 0;
  let starts = [0];
  let length = 1;
  for (const [i, { coefficient, bound, extent }] of terms.entries()) {
    const position = positions[i]! + offsets[i]!;
    const count = Math.min(extent, bound - position);
    if (count <= 0) return [];
    first += coefficient * position;
    if (isBox || (coefficient <= length && starts.length === 1)) length += coefficient * (count - 1);
    else starts = starts.flatMap((start) => Array.from({ length: count }, (_, k) => start + coefficient * k));
  }
  return starts.map((start) => ({ start: first + start, end: first + start + length }));
}

/** The last live tile with the loops outside `cut` fixed: each inner loop, outermost first, at its largest live index. */
function lastLiveTile(walk: AxisWalk, positions: readonly number[], cut: number): Tile {
  const at = [...positions];
  for (const loop of walk.loops.slice(cut)) {
    const start = at[loop.term]!;
    const highest = Math.min(loop.bound - 1, ceilDiv(walk.terms[loop.term]!.bound, loop.step));
    for (let k = highest; k >= 0; k--) {
      at[loop.term] = start + k * loop.step;
      if (isLive(walk, at)) break;
    }
  }
  return tileAt(walk, at);
}

function isLive(walk: AxisWalk, positions: readonly number[]): boolean {
  return walk.members.some((offsets) => walk.terms.every(({ bound }, i) => positions[i]! + offsets[i]! < bound));
}

function sharedWords(a: readonly Run[], b: Tile): number {
  let shared = 0;
  let i = 0;
  let j = 0;
  while (b !== null && i < a.length && j < b.length) {
    const own = a[i]!;
    const other = b[j]!;
    shared += Math.max(0, Math.min(own.end, other.end) - Math.max(own.start, other.start));
    if (own.end < other.end) i++;
    else j++;
  }
  return shared;
}
