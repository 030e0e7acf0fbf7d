import { areaMm2 } from '../../accelerator/accelerator.ts';
import { evaluateReference } from '../../cost/reference/reference.ts';
import { type CacheCounters, EntryCache } from '../../study/entry-cache.ts';
import { isMapping } from '../../study/mapping-cache.ts';
import { jointKey, mappingKey } from '../../study/mapping-key.ts';
import type { MappedLayer, MappingProof } from './map-layer.ts';
import { modelVersion } from './model-version.ts';
import type { LayerCache } from './pool.ts';
import type { LayerWork, LayerWorkResult } from './task.ts';

/** A mapped layer as files hold it: its figures follow from the mapping. */
export interface StoredLayer {
  readonly mapping: MappedLayer['mapping'];
  readonly proof: MappingProof;
}

/** A layer cache that tells what it did. */
export interface CountingLayerCache extends LayerCache {
  readonly counters: CacheCounters;
}

/**
 * Results of layer work in a folder that all runs and processes of a machine share, and that may be deleted at any time. What comes out
 * of it is what mapping again would give: results that a time limit could have changed are not kept, and the figures are computed anew
 * from the mapping.
 */
export function openLayerCache(directory: string): CountingLayerCache {
  const entries = new EntryCache(directory, isStoredLayers);
  return {
    get: (work) => {
      const stored = entries.get(keyOf(work));
      return stored === undefined ? undefined : restored(work, stored);
    },
    put: (work, result) => {
      if (isLasting(work, result))
        entries.put(
          keyOf(work),
          result.layers.map(({ mapping, proof }) => ({ mapping, proof })),
        );
    },
    get counters() {
      return entries.counters;
    },
  };
}

/** Whether mapping again, with or without a time limit, gives the same or nothing better. */
function isLasting(
  { secondsPerLayer }: LayerWork,
  result: LayerWorkResult,
): result is Extract<LayerWorkResult, { kind: 'mapped' }> {
  return (
    result.kind === 'mapped' &&
    result.layers.every(
      ({ proof }) =>
        (secondsPerLayer === undefined || proof.optimal) &&
        Number.isFinite(proof.value) &&
        Number.isFinite(proof.lowerBound ?? 0),
    )
  );
}

function restored(
  { layers, accelerator, settings }: LayerWork,
  stored: readonly StoredLayer[],
): LayerWorkResult | undefined {
  if (stored.length !== layers.length) return undefined;
  const mapped: MappedLayer[] = [];
  for (const [index, { mapping, proof }] of stored.entries()) {
    if (mapping.levels.length !== accelerator.levels.length) return undefined;
    const { temporalReuse } = settings;
    const evaluation = evaluateReference(layers[index]!, accelerator, mapping, { temporalReuse });
    if (!evaluation.feasible) return undefined;
    mapped.push({ mapping, evaluation, proof });
  }
  return { kind: 'mapped', layers: mapped, seconds: 0 };
}

/** Sampled mappers alone draw numbers, so only their results depend on the seed and on how many mappings they score. */
function keyOf({ layers, accelerator, goal, settings, nodeLimit }: LayerWork): string {
  const { mapper, factors, imperfectNodes, temporalReuse, dataflow, evaluations, seed } = settings;
  const isNamed = goal.kind === 'supporting-line' || (NAMED.has(goal.objective) && goal.subjectTo.length === 0);
  const question = {
    accelerator,
    goal,
    mapper: {
      kind: 'layers',
      mapper,
      factors,
      temporalReuse,
      dataflow: dataflow === undefined ? null : [dataflow.levels, accelerator.levels.map(({ name }) => name)],
      sampling: mapper === 'exact' && isNamed ? null : [evaluations, seed],
      figures: isNamed ? null : [accelerator.clockHz, areaMm2(accelerator)],
      nodeLimit: nodeLimit ?? null,
      imperfectNodes: factors === 'imperfect' ? (imperfectNodes ?? null) : null,
    },
    packageVersion: modelVersion(),
  };
  return jointKey(layers.map((layer) => mappingKey({ ...question, layer })));
}

/** Objectives of energy and cycles alone, all of them monotone. */
const NAMED: ReadonlySet<string> = new Set(['edp', 'energy', 'latency', 'ed2p']);

function isStoredLayers(value: unknown): value is readonly StoredLayer[] {
  return Array.isArray(value) && value.length > 0 && value.every(isStoredLayer);
}

/** Whether a JSON value is a mapped layer as {@link StoredLayer} has it. */
export function isStoredLayer(value: unknown): value is StoredLayer {
  if (typeof value !== 'object' || value === null || !('mapping' in value) || !('proof' in value)) return false;
  const { mapping, proof } = value;
  if (!isMapping(mapping) || typeof proof !== 'object' || proof === null) return false;
  const figures = proof as Readonly<Record<string, unknown>>;
  const isNumber = (name: string) => typeof figures[name] === 'number';
  const isNumberOrNull = (name: string) => figures[name] === null || isNumber(name);
  return (
    typeof figures.mapper === 'string' &&
    typeof figures.optimal === 'boolean' &&
    ['value', 'evaluations', 'nodes', 'cut'].every(isNumber) &&
    ['lowerBound', 'gap', 'mapspaceLog10'].every(isNumberOrNull)
  );
}
