import { DIM_COUNT, type KernelModel } from '../../../cost/kernel/model.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import type { TileLattice } from './tile-lattice.ts';

/** How a dim is split above the tiles of one level: the children along it, and per extent the temporal steps and the tiles that hold work. */
export interface DimRounds {
  readonly children: number;
  readonly steps: Float64Array;
  readonly live: Float64Array;
  /** Share of the dim in a tile that is not cut short. */
  readonly largest: Float64Array;
}

/** The rounds of every dim above a level's tiles. */
export function roundsAbove(
  model: KernelModel,
  lattice: Pick<TileLattice, 'values' | 'above'>,
  spatial: Float64Array,
  level: number,
): DimRounds[] {
  return lattice.values.map((values, d) => {
    const children = childrenAlong(spatial, d, 0, level);
    const inside = childrenAlong(spatial, d, level);
    const live = values.map((value) => ceilDiv(model.bounds[d]!, value * inside));
    const largest = values.map((value) => Math.min(1, (value * inside) / model.bounds[d]!));
    return { children, steps: lattice.above[d]!, live, largest };
  });
}

/**
 * Most of a dim, as a share, whose tiles can stand still while an irrelevant loop advances between two rounds over the dim: those of children with
 * one live step in the last round. With one child that takes two loops over the dim, so three steps at least, and concerns the last step; of
 * several children those that the last round does not reach have one live step if there are two rounds, and theirs are whole tiles.
 */
export function edgeShare({ children, steps, live, largest }: DimRounds, place: number, level: number): number {
  const count = steps[place]!;
  const tiles = live[place]!;
  if (count === 1) return 0;
  if (count === 2) return children === 1 ? 0 : Math.min(1, (2 * children - tiles) * largest[place]!);
  if (level === 1) return 0;
  return children === 1 ? 1 / tiles : Math.min(1, children * largest[place]!);
}

/**
 * Most edge shares at a level of the tiles inside an outer level's tile, [place of the outer extent], where a tensor stands still through the loops
 * between.
 */
export function edgeSharesInside(rounds: DimRounds, level: number): Float64Array {
  const { children, steps } = rounds;
  let most = 0;
  return steps.map((count, place) => {
    most = Math.max(most, edgeShare(rounds, place, level));
    if (children > 1) return most;
    if (count === 1) return 0;
    return level === 2 ? 1 / (2 * count - 1) : 1 / Math.max(3, count);
  });
}

/** Refetches on average when a share of the words is fetched once only. */
export function averageRefetches(refetches: number, once: number): number {
  return 1 + (refetches - 1) * (1 - once);
}

/**
 * [dim]: how many times the share of its words of Inputs can be that of the dim: padding at the other end may raise it to that of two steps, and so
 * may a stride, because a tile cut short has fewer words than its share where tiles have gaps between.
 */
export function inputShareFactors(model: KernelModel): Float64Array {
  const factors = new Float64Array(DIM_COUNT).fill(1);
  for (const axis of [model.rows, model.columns])
    for (const d of [axis.output, axis.filter])
      factors[d] = (axis.padded ? 2 : 1) * (axis.stride > 1 || axis.dilation > 1 ? 2 : 1);
  return factors;
}

/** Refetches into a level with its edges taken into account, [point]. */
export interface EdgeRefetches {
  /** [tensor]: least refetches on average without stationarity. */
  readonly refetches: TileLattice['refetches'];
  /** Of Weights and Outputs, by the point of the level outside, when they stand still through the loops between. */
  readonly stillWeights: Float64Array;
  readonly stillOutputs: Float64Array;
}

/** Least refetches into a level at ragged bounds. */
export function edgeRefetches(
  model: KernelModel,
  lattice: TileLattice,
  spatial: Float64Array,
  level: number,
): EdgeRefetches {
  const rounds = roundsAbove(model, lattice, spatial, level);
  const factors = inputShareFactors(model);
  const own = rounds.map((dim) => dim.steps.map((_, place) => edgeShare(dim, place, level)));
  const ofInputs = own.map((shares, d) => shares.map((share) => Math.min(1, factors[d]! * share)));
  const inside = rounds.map((dim) => edgeSharesInside(dim, level));
  const average = (tensor: 0 | 1 | 2, shares: readonly Float64Array[]) =>
    lattice.refetches[tensor].map((refetches, point) => {
      let once = 0;
      for (const d of lattice.activeDims)
        if (((IRRELEVANT[tensor] >> d) & 1) === 0)
          once = Math.max(once, shares[d]![lattice.digits[point * DIM_COUNT + d]!]!);
      return averageRefetches(refetches, once);
    });
  return {
    refetches: [average(0, own), average(1, ofInputs), average(2, own)],
    stillWeights: average(0, inside),
    stillOutputs: average(2, inside),
  };
}
