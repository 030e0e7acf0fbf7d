import { DIMS, type Dim, type PerDim, perDim } from '../util/vocabulary.ts';
import type { Mapping } from './mapping.ts';

/** One loop of the flattened nest. */
export interface NestLoop {
  readonly kind: 'temporal' | 'spatial';
  /** Storage level that the loop belongs to; 0 = outermost. */
  readonly level: number;
  readonly dim: Dim;
  readonly bound: number;
  /** How far one iteration moves along `dim`: product of the bounds of all loops over it further inside. */
  readonly step: number;
  /** Array dimension of a spatial loop; empty for temporal ones. */
  readonly array: string;
}

/** The flattened nest, outermost loop first, loops with bound 1 left out: T(0) S(0) T(1) S(1) ... */
export function flattenNest(mapping: Mapping): NestLoop[] {
  const outerToInner: Omit<NestLoop, 'step'>[] = [];
  mapping.levels.forEach((levelMapping, level) => {
    for (const { dim, bound } of levelMapping.temporal)
      outerToInner.push({ kind: 'temporal', level, dim, bound, array: '' });
    for (const { dim, bound, array } of levelMapping.spatial)
      outerToInner.push({ kind: 'spatial', level, dim, bound, array });
  });
  const steps: Record<Dim, number> = { ...perDim(() => 1) };
  const nest: NestLoop[] = [];
  for (const loop of outerToInner.reverse()) {
    if (loop.bound > 1) nest.push({ ...loop, step: steps[loop.dim] });
    steps[loop.dim] *= loop.bound;
  }
  return nest.reverse();
}

/**
 * Extents per storage level: `extents[level][dim]` = positions of `dim` that one instance of the level covers (loops of that level
 * and further in); one more entry, all ones, for the MACs. Not limited by the problem's bounds.
 */
export function levelExtents(mapping: Mapping): PerDim<number>[] {
  const extents: PerDim<number>[] = [perDim(() => 1)];
  for (const level of [...mapping.levels].reverse()) {
    const inner = extents[0]!;
    const own: Record<Dim, number> = { ...inner };
    for (const { dim, bound } of [...level.temporal, ...level.spatial]) own[dim] *= bound;
    extents.unshift(own);
  }
  return extents;
}

/** Product of all bounds of each dim: equal to the problem's bound for perfect factors, at least that for imperfect ones. */
export function coveredBounds(mapping: Mapping): PerDim<number> {
  return levelExtents(mapping)[0]!;
}

/** Whether every dim is factored without remainder. */
export function isPerfect(mapping: Mapping, bounds: PerDim<number>): boolean {
  const covered = coveredBounds(mapping);
  return DIMS.every((dim) => covered[dim] === bounds[dim]);
}
