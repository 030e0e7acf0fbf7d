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
  const extents = to === model.levelCount ? [1] : raggedExtents(steps, model.levelCount);
  let least = 1;
  for (const extent of extents)
    least = Math.min(least, ceilDiv(bound, extent * inside) / (children * ceilDiv(bound, extent * parallel)));
  known.set(key, least);
  return least;
}
