import { DIM_COUNT, INPUTS, type KernelModel, type SlidingAxis } from '../../../cost/kernel/model.ts';
import { divisors, greatestCommonDivisor } from '../../../util/integers.ts';
import { childrenAlong, type Factors } from '../space/spatial-choices.ts';
import type { TileLattice } from './tile-lattice.ts';

/** Children of one level along the output and the filter dim of an axis, and the words from one to the next. */
export interface AxisChildren {
  readonly outputs: number;
  readonly filters: number;
  readonly outputMove: number;
  readonly filterMove: number;
}

/** Distinct tiles per child: children (i, j) and (i + b', j - a') have equal shifts, a' and b' being the moves without common divisor. */
export function distinctShare({ outputs, filters, outputMove, filterMove }: AxisChildren): number {
  const divisor = greatestCommonDivisor(outputMove, filterMove);
  const followed = Math.max(0, outputs - filterMove / divisor) * Math.max(0, filters - outputMove / divisor);
  return 1 - followed / (outputs * filters);
}

/**
 * Least distinct tiles per child, counted by their words, where padding may clip the tiles that coincide least: the reciprocal of the most
 * children with equal shifts.
 */
export function clippedShare({ outputs, filters, outputMove, filterMove }: AxisChildren): number {
  const divisor = greatestCommonDivisor(outputMove, filterMove);
  return 1 / Math.min(Math.ceil((outputs * divisor) / filterMove), Math.ceil((filters * divisor) / outputMove));
}

/** Whether children of some level from `from` to `to` (exclusive) can hold the same tile of an axis. */
export function canCoincide(
  model: KernelModel,
  spatial: Float64Array,
  axis: SlidingAxis,
  from: number,
  to: number,
): boolean {
  for (let level = from; level < to; level++)
    if (
      ((model.multicast[level]! >> INPUTS) & 1) !== 0 &&
      spatial[level * DIM_COUNT + axis.output]! > 1 &&
      spatial[level * DIM_COUNT + axis.filter]! > 1
    )
      return true;
  return false;
}

/** The same along rows or columns. */
export function canInputsCoincide(model: KernelModel, spatial: Float64Array, from: number, to: number): boolean {
  return [model.rows, model.columns].some((axis) => canCoincide(model, spatial, axis, from, to));
}

/**
 * Least ratio of distinct tiles of Inputs to children on the levels from `from` to `to` (exclusive), over all tiles: shifts of an output and
 * a filter dim on one array can coincide. MACs (`to` = number of levels) are served in padding as well.
 */
export function leastInputShare(
  model: KernelModel,
  spatial: Float64Array,
  from: number,
  to: number,
  factors: Factors,
): number {
  let share = 1;
  for (let level = from; level < to; level++) {
    if (((model.multicast[level]! >> INPUTS) & 1) === 0) continue;
    for (const axis of [model.rows, model.columns]) {
      const outputs = spatial[level * DIM_COUNT + axis.output]!;
      const filters = spatial[level * DIM_COUNT + axis.filter]!;
      if (outputs === 1 || filters === 1) continue;
      if (factors === 'imperfect') share /= Math.min(outputs, filters);
      else share *= leastAxisShare(model, spatial, level, axis, axis.padded && to < model.levelCount);
    }
  }
  return share;
}

function leastAxisShare(
  model: KernelModel,
  spatial: Float64Array,
  level: number,
  axis: SlidingAxis,
  isClipped: boolean,
): number {
  const outputs = spatial[level * DIM_COUNT + axis.output]!;
  const filters = spatial[level * DIM_COUNT + axis.filter]!;
  const outputMove = axis.stride * childrenAlong(spatial, axis.output, level + 1);
  const filterMove = axis.dilation * childrenAlong(spatial, axis.filter, level + 1);
  const shareOf = isClipped ? clippedShare : distinctShare;
  let least = 1;
  const filterTiles = tileSteps(model, spatial, level, axis.filter);
  for (const p of tileSteps(model, spatial, level, axis.output))
    for (const r of filterTiles)
      least = Math.min(least, shareOf({ outputs, filters, outputMove: outputMove * p, filterMove: filterMove * r }));
  return least;
}

/** By tiles of a level, the least ratio of distinct words to words received, over its least for all tiles; null where all are alike. */
export interface ShareRatios {
  /** [point]: for what the level receives through the array above it. */
  readonly ofTiles: Float64Array | null;
  /** [point]: for what the MACs receive through that array; exact. */
  readonly ofMacs: Float64Array | null;
}

const ALIKE: ShareRatios = { ofTiles: null, ofMacs: null };

/**
 * Least ratio of distinct words to words received on the array above `level`. Padding on an axis along which they can coincide takes from a tile
 * that m children share m times what it takes from the distinct one, so the distinct words are at least their share of all words with that
 * padding, less the padding.
 * @param leastWords [point]: least words of Inputs that the children receive
 * @param paddingOf padding on the named axes of all tiles of a point, refetched as often as those
 */
export function shareRatios(
  model: KernelModel,
  lattice: TileLattice,
  spatial: Float64Array,
  level: number,
  leastWords: Float64Array,
  paddingOf: (point: number, rows: boolean, columns: boolean) => number,
): ShareRatios {
  const array = level - 1;
  if (lattice.factors === 'imperfect' || ((model.multicast[array]! >> INPUTS) & 1) === 0) return ALIKE;
  let distinct: Float64Array | null = null;
  let clipped: Float64Array | null = null;
  let least = 1;
  let leastOfMacs = 1;
  const shared = [false, false];
  for (const axis of [model.rows, model.columns]) {
    const outputs = spatial[array * DIM_COUNT + axis.output]!;
    const filters = spatial[array * DIM_COUNT + axis.filter]!;
    if (outputs === 1 || filters === 1) continue;
    shared[axis === model.rows ? 0 : 1] = true;
    least *= leastAxisShare(model, spatial, array, axis, axis.padded);
    leastOfMacs *= leastAxisShare(model, spatial, array, axis, false);
    const outputMove = axis.stride * childrenAlong(spatial, axis.output, array + 1);
    const filterMove = axis.dilation * childrenAlong(spatial, axis.filter, array + 1);
    const filterValues = lattice.values[axis.filter]!;
    const table = (shareOf: (children: AxisChildren) => number) =>
      Array.from(lattice.values[axis.output]!, (p) =>
        Array.from(filterValues, (r) =>
          shareOf({ outputs, filters, outputMove: outputMove * p, filterMove: filterMove * r }),
        ),
      );
    distinct = multiplied(distinct, lattice, axis, table(distinctShare));
    clipped = multiplied(clipped, lattice, axis, table(axis.padded ? clippedShare : distinctShare));
  }
  if (distinct === null || clipped === null) return ALIKE;
  const ofMacs = distinct.map((share) => share / leastOfMacs);
  for (let point = 0; point < lattice.size; point++) {
    const share = distinct[point]!;
    const safe = clipped[point]!;
    const words = leastWords[point]!;
    const padded =
      share > safe && words > 0 ? share - ((1 - share) * paddingOf(point, shared[0]!, shared[1]!)) / words : safe;
    distinct[point] = Math.max(safe, padded) / least;
  }
  return { ofTiles: distinct, ofMacs };
}

/** Multiplies a factor by [output value][filter value] of an axis into a table of points. */
function multiplied(
  table: Float64Array | null,
  lattice: TileLattice,
  axis: SlidingAxis,
  byTile: readonly (readonly number[])[],
): Float64Array {
  const product = table ?? new Float64Array(lattice.size).fill(1);
  for (let point = 0; point < lattice.size; point++) {
    const digits = point * DIM_COUNT;
    product[point]! *= byTile[lattice.digits[digits + axis.output]!]![lattice.digits[digits + axis.filter]!]!;
  }
  return product;
}

/** Temporal steps that a child's tile can take along a dim: those of MACs take one. */
function tileSteps(model: KernelModel, spatial: Float64Array, level: number, d: number): number[] {
  if (level === model.levelCount - 1) return [1];
  return divisors(model.bounds[d]! / childrenAlong(spatial, d));
}
