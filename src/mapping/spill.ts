import type { Accelerator } from '../accelerator/accelerator.ts';
import { type Problem, relevantDims } from '../workload/problem.ts';
import type { Mapping } from './mapping.ts';
import { flattenNest, type NestLoop } from './nest.ts';

/** Partial sums that leave a level and come back. */
export interface Spill {
  /** The innermost loop over a summed dim (C, R or S) that makes them come back, and the first loop over outputs inside it. */
  readonly around: NestLoop;
  readonly inner: NestLoop;
  /** Times that every word comes back; where a ragged round has no work, some come back less often. */
  readonly returns: number;
}

/**
 * What makes a level that keeps Outputs send partial sums out and fetch them back: a loop outside the level over a dim that is summed, with one over
 * outputs further inside. All loops that are run once have work, so this decides whether any word comes back.
 * @param nest flattened, without loops of bound 1
 */
export function spillOf(problem: Problem, nest: readonly NestLoop[], level: number): Spill | null {
  const addressing = relevantDims(problem, 'Outputs');
  const outside = nest.filter((loop) => loop.kind === 'temporal' && loop.level < level);
  const last = outside.findLastIndex(({ dim }) => addressing.has(dim));
  const summed = outside.slice(0, Math.max(0, last)).filter(({ dim }) => !addressing.has(dim));
  const around = summed.at(-1);
  if (around === undefined) return null;
  const inner = outside.slice(outside.indexOf(around)).find(({ dim }) => addressing.has(dim))!;
  return { around, inner, returns: summed.reduce((times, { bound }) => times * bound, 1) - 1 };
}

/**
 * Times that a word of Outputs arrives at a level from inside: 1 where every word is complete. Loops count as whole; where a ragged round has no work,
 * some words arrive less often.
 */
export function arrivals(
  problem: Problem,
  { levels }: Pick<Accelerator, 'levels'>,
  mapping: Mapping,
  level: number,
): number {
  const addressing = relevantDims(problem, 'Outputs');
  const nest = flattenNest(mapping);
  let keeper = level + 1;
  while (keeper < levels.length && !mapping.levels[keeper]!.keep.includes('Outputs')) keeper++;
  const isApart = (at: number) =>
    !levels[at]!.fanOut.multicast.Outputs || mapping.levels[at]!.noMulticast.includes('Outputs');
  // What holds no tile, or forgets it, sends at every step.
  const isAnew = keeper === levels.length || levels[keeper]!.refetch?.includes('Outputs') === true;
  const times = isAnew ? 1 : (spillOf(problem, nest, keeper)?.returns ?? 0) + 1;
  return nest.reduce((all, { kind, dim, bound, level: at }) => {
    if (addressing.has(dim) || at >= keeper) return all;
    const counts = kind === 'temporal' ? isAnew : at >= level && isApart(at);
    return counts ? all * bound : all;
  }, times);
}
