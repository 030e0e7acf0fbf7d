import { unpackMapping } from '../../../cost/packed-mapping.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import type { SampledMapper } from '../mapper-names.ts';
import type { Mapspace } from '../mapspace.ts';
import type { Objective } from '../objective.ts';
import { MappingSampler } from './mapping-sampler.ts';

/** Options of {@link searchSampled}. */
export interface SampledOptions {
  readonly mapper: SampledMapper;
  /** Mappings to score; >= 1. */
  readonly evaluations: number;
  readonly seed: number;
  /** Called after every batch; return true to stop. */
  readonly shouldStop?: (evaluations: number, best: number) => boolean;
}

/** The best mapping of a sampled search, without proof. */
export interface SampledResult {
  /** Null when no legal mapping was met. */
  readonly mapping: Mapping | null;
  readonly value: number;
  readonly energyPj: number;
  readonly cycles: number;
  readonly evaluations: number;
  /** Legal mappings among the evaluations. */
  readonly legal: number;
}

/**
 * Searches a mapspace by sampling vectors: the published way, for comparison with the exact search and for what it does not cover.
 * Deterministic in the seed.
 */
export function searchSampled(mapspace: Mapspace, objective: Objective, options: SampledOptions): SampledResult {
  const sampler = new MappingSampler(mapspace, objective, options.mapper, options.seed);
  while (sampler.evaluations < options.evaluations) {
    if (!sampler.sampleBatch(options.evaluations - sampler.evaluations)) break;
    if (options.shouldStop?.(sampler.evaluations, sampler.best?.value ?? Number.POSITIVE_INFINITY) === true) break;
  }
  const { best, evaluations, legal } = sampler;
  if (best === null) return { ...NOTHING, evaluations, legal };
  const { packed, value, energyPj, cycles } = best;
  return { mapping: unpackMapping(sampler.layout, packed), value, energyPj, cycles, evaluations, legal };
}

const NOTHING = {
  mapping: null,
  value: Number.POSITIVE_INFINITY,
  energyPj: Number.POSITIVE_INFINITY,
  cycles: Number.POSITIVE_INFINITY,
} as const;
