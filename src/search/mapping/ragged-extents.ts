import { C, DIM_COUNT } from '../../cost/kernel-model.ts';
import { ceilDiv } from '../../util/integers.ts';
import { IRRELEVANT } from './loop-orders.ts';
import type { TileLattice } from './tile-lattice.ts';

/**
 * Tile extents of a dim with imperfect factors: those of chains without slack, in which no bound can shrink while the bounds outside it stay as
 * they are and everything is still covered. A smaller bound with the same bounds outside takes less time and room and makes the same
 * live steps, so nothing is lost where input tiles cannot overlap or be clipped by padding and blocks hold one word; elsewhere slack can
 * shift a tile's edge in its favour, and such mappings are not part of the mapspace.
 * Everything that covers the dim counts as one extent, `steps`.
 */
export function raggedExtents(steps: number, levelCount: number): number[] {
  const found = new Set([steps]);
  let inner = new Set([1]);
  for (let level = levelCount - 1; level >= 1; level--) {
    const own = new Set<number>();
    for (const extent of inner)
      for (const bound of ceilingQuotients(ceilDiv(steps, extent))) if (extent * bound < steps) own.add(extent * bound);
    for (const extent of own) found.add(extent);
    inner = own.size === 0 ? inner : own;
  }
  return [...found].sort((a, b) => a - b);
}

/** Distinct values of ceil(value / n), n = 1, 2, ... */
function ceilingQuotients(value: number): number[] {
  const found = new Set<number>();
  for (let n = 1; n <= value; n++) found.add(ceilDiv(value, n));
  return [...found];
}

/**
 * Least share of a tensor's words that is refetched at ragged bounds, [tensor][point]. Where the last round of a relevant loop has one live
 * step, its tile stands still while irrelevant loops between that round and the next advance. That takes two loops over the dim, so three
 * steps at least, and concerns no more than the last step.
 */
export function edgeShares(lattice: TileLattice): [Float64Array, Float64Array, Float64Array] {
  const perDim = lattice.above.map((steps, d) =>
    // Of the words of a sliding axis the padding at its other end may take the share of one more step.
    steps.map((count) => (count < 3 ? 1 : 1 - (d > C ? 2 : 1) / count)),
  );
  const shares: [Float64Array, Float64Array, Float64Array] = [
    new Float64Array(lattice.size).fill(1),
    new Float64Array(lattice.size).fill(1),
    new Float64Array(lattice.size).fill(1),
  ];
  for (let point = 0; point < lattice.size; point++)
    for (let d = 0; d < DIM_COUNT; d++) {
      const share = perDim[d]![lattice.digits[point * DIM_COUNT + d]!]!;
      if (share === 1) continue;
      for (let t = 0; t < 3; t++)
        if (((IRRELEVANT[t]! >> d) & 1) === 0)
          shares[t as 0 | 1 | 2][point] = Math.min(shares[t as 0 | 1 | 2][point]!, share);
    }
  return shares;
}
