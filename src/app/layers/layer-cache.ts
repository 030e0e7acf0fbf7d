import { areaMm2 } from '../../accelerator/accelerator.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import { tileBitsAt } from '../../mapping/tile-bits.ts';
import { type CacheCounters, EntryCache } from '../../study/entry-cache.ts';
import { mappingKey } from '../../study/mapping-key.ts';
import { isNamedGoal } from './goal.ts';
import type { LayerCache } from './layer-pool.ts';
import type { LayerWork, LayerWorkResult, WorkedLayer } from './layer-work.ts';
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
          result.layers.map((one): StoredLayer => {
            const { mapping, proof } = one;
            const outputs = 'shape' in one ? one.shape.residency?.outputs : undefined;
            return { mapping, proof, ...(outputs === undefined ? {} : { outputs }) };
          }),
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
  const mapped: WorkedLayer[] = [];
  for (const [index, { mapping, proof, outputs }] of stored.entries()) {
    if (mapping.levels.length !== accelerator.levels.length) return undefined;
    const { temporalReuse } = settings;
    const asked = layers[index]!;
    if ((asked.residency === undefined) !== (outputs === undefined)) return undefined;
    const shape =
      asked.residency === undefined || outputs === undefined
        ? asked
        : { ...asked, residency: { ...asked.residency, outputs } };
    const evaluation = evaluateMapping(shape, accelerator, mapping, { temporalReuse });
    if (!evaluation.feasible) return undefined;
    const one = { kind: 'mapped', mapping, evaluation, proof } as const;
    mapped.push(outputs === undefined ? one : { ...one, shape, tileBits: tileBitsAt(shape, accelerator, mapping) });
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
