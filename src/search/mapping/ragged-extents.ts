import { DIM_COUNT, type KernelModel } from '../../cost/kernel-model.ts';
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
 * steps at least, and concerns no more than the last step; every word is still fetched once.
 */
export function edgeShares(lattice: TileLattice, model: KernelModel): [Float64Array, Float64Array, Float64Array] {
  // Of the input words of a padded axis the padding at its other end may take the share of one more step.
  const padded = [model.rows, model.columns].flatMap((axis) => (axis.padded ? [axis.output, axis.filter] : []));
  const perDim = lattice.above.map((steps) => steps.map((count) => (count < 3 ? 1 : 1 - 1 / count)));
  const ofInputs = lattice.above.map((steps, d) =>
    steps.map((count) => (count < 3 ? 1 : 1 - (padded.includes(d) ? 2 : 1) / count)),
  );
  const shares: [Float64Array, Float64Array, Float64Array] = [
    new Float64Array(lattice.size).fill(1),
    new Float64Array(lattice.size).fill(1),
    new Float64Array(lattice.size).fill(1),
  ];
  for (let point = 0; point < lattice.size; point++)
    for (const d of lattice.activeDims) {
      const digit = lattice.digits[point * DIM_COUNT + d]!;
      if (perDim[d]![digit]! === 1) continue;
      for (const t of [0, 1, 2] as const) {
        if (((IRRELEVANT[t] >> d) & 1) !== 0) continue;
        const share = (t === 1 ? ofInputs : perDim)[d]![digit]!;
        if (share < shares[t][point]!) shares[t][point] = share;
      }
    }
  return shares;
}

/**
 * Least refetches into the next level of a tensor that stands still through the loops between. Its last tile along a dim needs two loops over the dim to
 * stand still longer: one above this level's tile and one below it, or two above.
 * @param level level of the tile at `point`
 */
export function stillRefetches(lattice: TileLattice, tensor: 0 | 2, point: number, level: number): number {
  const refetches = lattice.refetches[tensor][point]!;
  if (lattice.factors === 'perfect' || level === 0 || refetches === 1) return refetches;
  let share = 1;
  for (const d of lattice.activeDims) {
    if (((IRRELEVANT[tensor] >> d) & 1) !== 0) continue;
    const count = lattice.above[d]![lattice.digits[point * DIM_COUNT + d]!]!;
    if (count < 2) continue;
    share = Math.min(share, level === 1 ? 1 - 1 / (2 * count - 1) : 1 - 1 / Math.max(3, count));
  }
  return 1 + (refetches - 1) * share;
}
