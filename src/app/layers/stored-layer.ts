import type { Mapping } from '../../mapping/mapping.ts';
import type { MappedLayer, MappingProof } from '../../search/mapping/map-layer.ts';
import { isCount, isObject } from '../../study/json-text.ts';
import { DIMS, TENSORS } from '../../util/vocabulary.ts';
import type { Residency } from '../../workload/residency.ts';

/** A mapped layer as files hold it: its figures follow from the mapping. Plain JSON. */
export interface StoredLayer extends Pick<MappedLayer, 'mapping' | 'proof'> {
  /** Of a step of a schedule: how its Outputs stay, which the search of its mapping chooses. */
  readonly outputs?: Residency['outputs'];
}

/** Whether a JSON value has the form of a stored layer; not whether its mapping is legal. */
export function isStoredLayer(value: unknown): value is StoredLayer {
  if (!isObject(value) || !isMapping(value.mapping) || !isProof(value.proof)) return false;
  return value.outputs === undefined || isOneOf(OUTPUTS, value.outputs);
}

const OUTPUTS: readonly Residency['outputs'][] = ['outermost', 'in-place', 'staged'];

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
