/**
 * How accelerators are proposed. `naas`: CMA-ES over the importance encoding; `naas-index`: the same over the index encoding;
 * `sizing`: CMA-ES over sizes only; `random`: uniform; `evolution`: a genetic algorithm.
 */
export const STRATEGIES = ['naas', 'naas-index', 'sizing', 'random', 'evolution'] as const;

/** One of {@link STRATEGIES}. */
export type StrategyName = (typeof STRATEGIES)[number];
