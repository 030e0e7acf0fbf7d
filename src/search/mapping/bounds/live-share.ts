import type { KernelModel } from '../../../cost/kernel/model.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { raggedExtents } from '../space/ragged-extents.ts';
import { childrenAlong } from '../space/spatial-choices.ts';

const cache = new WeakMap<KernelModel, Map<string, number>>();

/**
 * Least share of the children along a dim on the levels down to `to` (exclusive) that have work, averaged over all rounds, over all tiles: with
 * ragged bounds the last round does not reach all children.
 */
export function leastLiveShare(model: KernelModel, spatial: Float64Array, d: number, to: number): number {
  const children = childrenAlong(spatial, d, 0, to);
  const inside = childrenAlong(spatial, d, to);
  if (children === 1) return 1;
  const parallel = children * inside;
  const key = `${d} ${children} ${inside} ${to === model.levelCount}`;
  let known = cache.get(model);
  if (known === undefined) {
    known = new Map();
    cache.set(model, known);
  }
  const share = known.get(key);
  if (share !== undefined) return share;
  const bound = model.bounds[d]!;
  const steps = ceilDiv(bound, parallel);
  const { extents, isComplete } =
    to === model.levelCount ? { extents: [1], isComplete: true } : raggedExtents(steps, model.levelCount);
  const shareOf = (tiles: number) => tiles / (children * ceilDiv(tiles, children));
  // Of any number of tiles from the least on: that number, or the first one of which a round holds a single tile.
  const fewest = ceilDiv(bound, steps * inside);
  let least = isComplete ? 1 : Math.min(shareOf(fewest), shareOf(children * ceilDiv(fewest, children) + 1));
  if (isComplete) for (const extent of extents) least = Math.min(least, shareOf(ceilDiv(bound, extent * inside)));
  known.set(key, least);
  return least;
}
