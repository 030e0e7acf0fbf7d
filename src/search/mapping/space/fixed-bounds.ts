import type { MappingConstraints } from '../../../mapping/constraints.ts';
import { ceilDiv, divisors } from '../../../util/integers.ts';
import { DIMS, type PerDim } from '../../../util/vocabulary.ts';
import { raggedExtents } from './ragged-extents.ts';
import { childrenAlong, type Factors, type SpatialChoice } from './spatial-choices.ts';

/** Whether the steps that arrays leave of a dim can be split over the levels by the fixed temporal bounds. */
export type CanSplit = (d: number, steps: number) => boolean;

/** The test of what constraints fix; each answer is made once. */
export function fixedSplits(levelCount: number, factors: Factors, constraints: MappingConstraints): CanSplit {
  const fixedOf = DIMS.map((dim) => {
    const fixed = Array.from({ length: levelCount }, (_, level) => constraints.levels[level]?.temporal?.[dim]);
    return fixed.some((bound) => bound !== undefined) ? fixed : null;
  });
  const known = new Map<string, boolean>();
  return (d, steps) => {
    const fixed = fixedOf[d]!;
    if (fixed === null) return true;
    const key = `${d} ${steps}`;
    const possible = known.get(key) ?? hasChain(steps, fixed, factors);
    known.set(key, possible);
    return possible;
  };
}

/** The spatial choices whose remaining steps can be split over the levels. */
export function withFixedBounds(
  choices: readonly SpatialChoice[],
  bounds: PerDim<number>,
  canSplit: CanSplit,
): SpatialChoice[] {
  return choices.filter((choice) =>
    DIMS.every((dim, d) => canSplit(d, ceilDiv(bounds[dim], childrenAlong(choice.bounds, d)))),
  );
}

/** Whether temporal bounds per level, of which some are fixed, lead from one step to all; true where there are too many to tell. */
function hasChain(steps: number, fixed: readonly (number | undefined)[], factors: Factors): boolean {
  const { extents, isComplete } =
    factors === 'perfect' ? { extents: divisors(steps), isComplete: true } : raggedExtents(steps, fixed.length);
  if (!isComplete) return true;
  let reached = [1];
  for (let level = fixed.length - 1; level >= 0; level--) {
    const wanted = fixed[level];
    const isTo = (extent: number, inner: number) => {
      const bound = extent === steps ? ceilDiv(steps, inner) : extent / inner;
      return Number.isInteger(bound) && (wanted === undefined || bound === wanted);
    };
    const next = level === 0 ? [steps] : extents;
    reached = next.filter((extent) => reached.some((inner) => inner <= extent && isTo(extent, inner)));
  }
  return reached.length > 0;
}
