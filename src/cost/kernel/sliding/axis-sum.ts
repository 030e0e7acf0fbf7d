import type { SlidingAxis } from '../model.ts';

/**
 * Terms of a sum over the tiles of an axis: words shared with the tile that the loops inside the cut reach last, or with the one before the
 * output (filter) loop at the cut advanced; or 1 for every live tile; or the requests of the run that its words make (`measuredTile`), nothing cut.
 */
export const [COMPARE_WRAP, COMPARE_OUTPUT_ADVANCE, COMPARE_FILTER_ADVANCE, COUNT_TILES, MEASURE_TILES] = [
  0, 1, 2, 3, 4,
] as const;

/**
 * Children that a sum runs over: each with its own tile; each distinct shift once, with the union of the tiles; the same times the children
 * of the outer level that share it; times all children that share it.
 */
export const [EVERY_CHILD, EVERY_GROUP, EVERY_SERVED, EVERY_MEMBER] = [0, 1, 2, 3] as const;

/** A sum over the tiles of one sliding axis of Inputs: where the loops are cut, which children it runs over, what it adds up. */
export interface AxisSum {
  readonly axis: SlidingAxis;
  /** Bit l set: children of level l that share accesses have equal shifts on the axis though they differ in it. */
  collisions: number;
  /** Last level whose loops lie above the tiles. */
  boundary: number;
  /** Levels outside these have their temporal loop over the output (filter) dim outside the cut: it runs freely. */
  outputCut: number;
  filterCut: number;
  /** Outermost level of the transfer. */
  outer: number;
  /** EVERY_... */
  children: number;
  /** COMPARE_... or COUNT_TILES */
  compare: number;
  /** For MEASURE_TILES: bits of a word, of a request; what a tile with all stored words of the axis counts. */
  bits: number;
  requestBits: number;
  ofWhole: number;
  /** Result: whether any two of the tiles compared touch, stored or not. */
  touches: boolean;
}

/** A sum to be opened. */
export function axisSum(axis: SlidingAxis): AxisSum {
  return {
    axis,
    collisions: 0,
    boundary: 0,
    outputCut: 0,
    filterCut: 0,
    outer: 0,
    children: 0,
    compare: 0,
    bits: 0,
    requestBits: 1,
    ofWhole: 0,
    touches: false,
  };
}

/** Starts with nothing cut off: all temporal loops of the levels up to `boundary` run. */
export function openSum(sum: AxisSum, boundary: number, outer: number, children: number): void {
  sum.boundary = boundary;
  sum.outputCut = boundary + 1;
  sum.filterCut = boundary + 1;
  sum.outer = outer;
  sum.children = children;
}

/** Moves the cut past the loop over dim `d` at `level`. @returns the comparison of tiles when that loop advances */
export function cutLoop(sum: AxisSum, d: number, level: number): number {
  if (d === sum.axis.output) {
    sum.outputCut = level;
    return COMPARE_OUTPUT_ADVANCE;
  }
  sum.filterCut = level;
  return COMPARE_FILTER_ADVANCE;
}

/** What a tile of so many words counts in a sum of MEASURE_TILES. */
export function measuredTile(sum: AxisSum, words: number): number {
  return words === sum.axis.mapLength ? sum.ofWhole : Math.ceil((words * sum.bits) / sum.requestBits);
}

/** Whether groups of children of a level count once per member. */
export function isWeighted(sum: AxisSum, level: number): boolean {
  return sum.children === EVERY_MEMBER || (sum.children === EVERY_SERVED && level === sum.outer);
}
