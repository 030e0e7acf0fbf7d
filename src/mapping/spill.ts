import { type Problem, relevantDims } from '../workload/problem.ts';
import type { NestLoop } from './nest.ts';

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
