import type { Mapping } from '../mapping/mapping.ts';
import type { MappedLayer } from '../search/ports.ts';
import { DIMS, TENSORS } from '../util/vocabulary.ts';
import { EntryCache } from './entry-cache.ts';
import type { FileOperations } from './file-operations.ts';
import { isCount, isObject } from './json-text.ts';

/** Remembers what level-1 mappers say without a cutoff, or would say without one, under the keys of `mappingKey`. */
export class MappingCache extends EntryCache<MappedLayer> {
  /** @param directory created with the first entry */
  constructor(directory: string, maxBytes?: number, files?: FileOperations) {
    super(directory, isMappedLayer, maxBytes, files);
  }
}

function isMappedLayer(value: unknown): value is MappedLayer {
  return (
    isObject(value) &&
    value.kind === 'mapped' &&
    [value.energyPj, value.cycles, value.lowerBound].every((figure) => typeof figure === 'number') &&
    isCount(value.evaluations) &&
    typeof value.optimal === 'boolean' &&
    isMapping(value.mapping)
  );
}

/** Whether a JSON value has the form of a mapping; not whether it is legal. */
export function isMapping(value: unknown): value is Mapping {
  return isObject(value) && Array.isArray(value.levels) && value.levels.every(isLevelMapping);
}

function isLevelMapping(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { temporal, spatial, keep, noMulticast } = value;
  const isLoop = (loop: unknown) => isObject(loop) && isOneOf(DIMS, loop.dim) && isCount(loop.bound);
  return (
    Array.isArray(temporal) &&
    temporal.every(isLoop) &&
    Array.isArray(spatial) &&
    spatial.every((loop) => isLoop(loop) && typeof loop.array === 'string') &&
    [keep, noMulticast].every((list) => Array.isArray(list) && list.every((tensor) => isOneOf(TENSORS, tensor)))
  );
}

function isOneOf(words: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && words.includes(value);
}
