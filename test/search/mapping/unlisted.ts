import type { Mapspace } from '../../../src/search/mapping/mapspace.ts';
import { KeepSpace } from '../../../src/search/mapping/space/keep-space.ts';
import { SpatialSpace } from '../../../src/search/mapping/space/spatial-space.ts';

/** The mapspace as if its choices were too many to list. */
export function unlisted(mapspace: Mapspace): Mapspace {
  const { layer, accelerator, factors, constraints, model } = mapspace;
  return {
    ...mapspace,
    keeps: new KeepSpace(model, constraints, 0),
    spatial: new SpatialSpace({ accelerator, bounds: layer.problem.bounds, factors, constraints }, 0),
  };
}
