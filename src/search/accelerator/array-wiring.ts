import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Dim } from '../../util/vocabulary.ts';
import { designLevels } from './design-levels.ts';

/** Dims that the paper ranks, in its order K, C, Y', X', R, S. */
export const RANKED_DIMS = ['K', 'C', 'P', 'Q', 'R', 'S'] as const;

/** With so many dims per axis every axis count wires all ranked dims. */
export const MOST_DIMS_PER_AXIS = RANKED_DIMS.length;

const AXIS_NAMES = ['X', 'Y', 'Z'] as const;

/**
 * Axes of a k-D array from an order of {@link RANKED_DIMS}, most important first: the dims are dealt to the axes in turn, so axis i
 * carries ranks i, i + k, i + 2k, ..., at most `dimsPerAxis` of them. With 1, the first k dims become the parallel dims of the k axes
 * (NAAS, section II-A). G may run wherever K or C may.
 */
export function parallelAxes(
  order: readonly number[],
  sizes: readonly number[],
  dimsPerAxis: number,
): ArrayDimension[] {
  return sizes.map((size, axis) => {
    const dims = order
      .filter((_, rank) => rank % sizes.length === axis && rank < sizes.length * dimsPerAxis)
      .map((dim): Dim => RANKED_DIMS[dim]!);
    const hasChannels = dims.includes('K') || dims.includes('C');
    return { name: AXIS_NAMES[axis]!, size, parallelDims: hasChannels ? [...dims, 'G'] : dims };
  });
}

/** An order that {@link parallelAxes} turns into the wiring of these axes; undefined where there is none. */
export function orderOfAxes(axes: readonly ArrayDimension[], dimsPerAxis: number): number[] | undefined {
  const ranked: readonly Dim[] = RANKED_DIMS;
  const dims = axes.map(({ parallelDims }) =>
    parallelDims === 'any' ? [] : parallelDims.filter((dim) => dim !== 'G'),
  );
  const ranks = axes.length * Math.min(dimsPerAxis, Math.ceil(RANKED_DIMS.length / axes.length));
  const order = Array.from({ length: Math.min(ranks, RANKED_DIMS.length) }, (_, rank) => {
    const dim = dims[rank % axes.length]![Math.floor(rank / axes.length)];
    return dim === undefined ? -1 : ranked.indexOf(dim);
  });
  const wired = dims.reduce((count, own) => count + own.length, 0);
  if (order.includes(-1) || wired !== order.length || new Set(order).size < order.length) return undefined;
  return [...order, ...RANKED_DIMS.map((_, i) => i).filter((i) => !order.includes(i))];
}

/** Axes of the same sizes with the nearest wiring that a ranking can say: of every axis in turn the first free dim that it is wired for. */
export function rankedAxes(axes: readonly ArrayDimension[], dimsPerAxis: number): ArrayDimension[] {
  const order: number[] = [];
  for (let round = 0; round < dimsPerAxis; round++)
    for (const { parallelDims } of axes) {
      const free = RANKED_DIMS.map((_, i) => i).filter((i) => !order.includes(i));
      const wired = free.find((i) => parallelDims === 'any' || parallelDims.includes(RANKED_DIMS[i]!));
      const next = wired ?? (round === 0 ? undefined : free[0]);
      if (next === undefined && round === 0) return axes.map((axis) => ({ ...axis, parallelDims: [] }));
      if (next !== undefined) order.push(next);
    }
  const ranked = parallelAxes(
    order,
    axes.map((axis) => axis.size),
    dimsPerAxis,
  );
  return axes.map((axis, i) => ({ ...axis, parallelDims: ranked[i]!.parallelDims }));
}

/**
 * Dims that the richest axis of an accelerator carries, 1 to {@link MOST_DIMS_PER_AXIS}: as many as designs may have so that neither they nor it have
 * the freer wiring. Overlapping axes are not counted: the ranking gives every dim to one axis.
 */
export function richestAxis(baseline: AcceleratorSpecification): number {
  const { l2 } = designLevels(baseline);
  const counts = l2.fanOut.dimensions.map(({ parallelDims }) =>
    parallelDims === 'any' ? MOST_DIMS_PER_AXIS : RANKED_DIMS.filter((dim) => parallelDims.includes(dim)).length,
  );
  return Math.max(1, ...counts);
}
