import type { Mapping } from '../../mapping/mapping.ts';
import type { MappedLayer, MappingProof } from '../../search/mapping/map-layer.ts';
import { isCount, isObject } from '../../study/json-text.ts';
import { DIMS, TENSORS } from '../../util/vocabulary.ts';

/** A mapped layer as files hold it: its figures follow from the mapping. Plain JSON. */
export type StoredLayer = Pick<MappedLayer, 'mapping' | 'proof'>;

/** Whether a JSON value has the form of a stored layer; not whether its mapping is legal. */
export function isStoredLayer(value: unknown): value is StoredLayer {
  return isObject(value) && isMapping(value.mapping) && isProof(value.proof);
}

function isProof(value: unknown): value is MappingProof {
  if (!isObject(value)) return false;
  const isNumber = (name: string) => typeof value[name] === 'number';
  const isNumberOrNull = (name: string) => value[name] === null || isNumber(name);
  return (
    typeof value.mapper === 'string' &&
    typeof value.optimal === 'boolean' &&
    ['value', 'evaluations', 'nodes', 'cut'].every(isNumber) &&
    ['lowerBound', 'gap', 'mapspaceLog10'].every(isNumberOrNull)
  );
}

function isMapping(value: unknown): value is Mapping {
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
