import { areaMm2 } from '../../accelerator/accelerator.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import type { MappedLayer } from '../../search/mapping/map-layer.ts';
import { type CacheCounters, EntryCache } from '../../study/entry-cache.ts';
import { mappingKey } from '../../study/mapping-key.ts';
import { isNamedGoal } from './goal.ts';
import type { LayerCache } from './layer-pool.ts';
import type { LayerWork, LayerWorkResult } from './layer-work.ts';
import { modelVersion } from './model-version.ts';
import { isStoredLayer, type StoredLayer } from './stored-layer.ts';

/** A layer cache that counts its work. */
export interface CountingLayerCache extends LayerCache {
  readonly counters: CacheCounters;
}

/**
 * Results of layer work in a folder that all runs and processes of a machine share, and that may be deleted at any time. An answer
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
    result.isStopped !== true &&
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
    const evaluation = evaluateMapping(layers[index]!, accelerator, mapping, { temporalReuse });
    if (!evaluation.feasible) return undefined;
    mapped.push({ kind: 'mapped', mapping, evaluation, proof });
  }
  return { kind: 'mapped', layers: mapped, seconds: 0 };
}

/** Sampled mappers alone are random, so only their results depend on the seed and on how many mappings they score. A cutoff is no part of it. */
function keyOf({ layers, accelerator, goal, settings, jointNodeLimit }: LayerWork): string {
  const { dataflow, evaluations, seed, imperfectNodes, nodeLimit, guesses, ...rest } = settings;
  const isNamed = isNamedGoal(goal);
  const mapper = {
    ...rest,
    dataflow: dataflow === undefined ? null : [dataflow.levels, accelerator.levels.map(({ name }) => name)],
    sampling: rest.mapper === 'exact' && isNamed ? null : [evaluations, seed],
    figures: isNamed ? null : [accelerator.clockHz, areaMm2(accelerator)],
    limits: [jointNodeLimit ?? null, nodeLimit ?? null, guesses ?? false],
    imperfectNodes: rest.factors === 'imperfect' ? (imperfectNodes ?? null) : null,
  };
  return mappingKey({ layers, accelerator, goal, mapper, packageVersion: modelVersion() });
}

function isStoredLayers(value: unknown): value is readonly StoredLayer[] {
  return Array.isArray(value) && value.length > 0 && value.every(isStoredLayer);
}
