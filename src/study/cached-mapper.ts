import type { LayerMapper } from '../search/ports.ts';
import type { MappingCache } from './mapping-cache.ts';
import { mappingKey } from './mapping-key.ts';

/** What the answers of a mapper depend on beside layer, accelerator and goal. */
export interface MapperIdentity {
  /** Its name and settings as plain JSON. */
  readonly mapper: unknown;
  readonly packageVersion: string;
}

/**
 * A mapper that looks into a cache first. Only mappings are remembered: what it says of a layer is what the mapper would say without a
 * cutoff, so a search that is told a mapping where it would have been told `cut` draws the same conclusion.
 */
export function cachedMapper(mapper: LayerMapper, cache: MappingCache, identity: MapperIdentity): LayerMapper {
  return {
    map: (layer, accelerator, goal, cutoff) => {
      const key = mappingKey({ layer, accelerator, goal, ...identity });
      const known = cache.get(key);
      if (known !== undefined) return known;
      const outcome = mapper.map(layer, accelerator, goal, cutoff);
      if (outcome.kind === 'mapped') cache.put(key, outcome);
      return outcome;
    },
  };
}
