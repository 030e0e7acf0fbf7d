/** Mappers that sample: CMA-ES on importances (as NAAS) or on indices of orders, evolution, uniform random. */
export const SAMPLED_MAPPERS = ['cmaes', 'cmaes-index', 'evolution', 'random'] as const;

/** One of {@link SAMPLED_MAPPERS}. */
export type SampledMapper = (typeof SAMPLED_MAPPERS)[number];

/** All mappers of level 1: the one that proves its answer, and those that sample. */
export const MAPPERS = ['exact', ...SAMPLED_MAPPERS] as const;

/** One of {@link MAPPERS}. */
export type MapperName = (typeof MAPPERS)[number];
