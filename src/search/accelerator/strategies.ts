import { defaultParameters, fromJsonNumber } from '../../cmaes/index.ts';
import { CmaSearch, type CmaSearchState } from '../../optimizers/cma-search.ts';
import { Evolution, type EvolutionState } from '../../optimizers/evolution.ts';
import type { Optimizer } from '../../optimizers/optimizer.ts';
import { type Neighbourhood, RandomSearch, type RandomSearchState } from '../../optimizers/random-search.ts';
import type { Point, Space } from '../../optimizers/space.ts';
import type { ConnectivityEncoding } from './accelerator-encoding.ts';
import type { StrategyName } from './strategy-names.ts';

/** State of the optimizer of any strategy, plain JSON. */
export type StrategyState = CmaSearchState | RandomSearchState | EvolutionState;

/** How connectivity is encoded for a strategy. */
export function connectivityOf(strategy: StrategyName): ConnectivityEncoding {
  return strategy === 'sizing' ? 'fixed' : strategy === 'naas-index' ? 'index' : 'importance';
}

/** How to set up the optimizer of a strategy. */
export interface StrategySettings {
  readonly seed: number;
  readonly populationSize: number;
  /** Negative weights of CMA-ES; other strategies ignore it. */
  readonly active: boolean;
  /** Centre of the first samples of CMA-ES; absent = the middle of the space. Other strategies ignore it. */
  readonly start?: Point;
  /** Initial standard deviation of CMA-ES as a share of the ranges; 0.3 by default. */
  readonly sigma?: number;
  /** Where random search samples more; absent = nowhere. */
  readonly near?: Neighbourhood;
}

/** Whether a strategy is CMA-ES, which learns from the ranks of a population. */
export function isRankBased(strategy: StrategyName): boolean {
  return strategy !== 'random' && strategy !== 'evolution';
}

/** A fresh optimizer. */
export function createOptimizer(
  strategy: StrategyName,
  space: Space,
  settings: StrategySettings,
): Optimizer<StrategyState> {
  const { seed, populationSize } = settings;
  if (strategy === 'random') {
    const { near } = settings;
    return RandomSearch.create(space, { seed, ...(near === undefined ? {} : { near }) });
  }
  if (strategy === 'evolution') return Evolution.create(space, { seed, populationSize: 2 * populationSize });
  return CmaSearch.create(space, settings);
}

/** Whether an optimizer is one that {@link createOptimizer} sets up for a population: the memory that it takes depends on it. */
export function hasPopulationOf(state: StrategyState, populationSize: number): boolean {
  switch (state.kind) {
    case 'cma-search':
      return state.strategy.kind === 'cmaes' && state.strategy.populationSize === populationSize;
    case 'random':
      return true;
    case 'evolution':
      return state.settings.populationSize === 2 * populationSize;
  }
}

/** The optimizer that goes on from a state. @throws TrifoldError `foreign` if it is not such a state */
export function restoreOptimizer(state: StrategyState): Optimizer<StrategyState> {
  switch (state.kind) {
    case 'cma-search':
      return CmaSearch.fromState(state);
    case 'random':
      return RandomSearch.fromState(state);
    case 'evolution':
      return Evolution.fromState(state);
  }
}

/** Which candidates of a generation a strategy can do without, so that its further course does not change. */
export interface LoserRule {
  /** Only the best so many of the generation teach anything; undefined: not by rank. */
  readonly parents?: number;
  /** Scores above it teach nothing; undefined: none. */
  readonly cutoff?: number;
}

/**
 * The losers of the next generation. CMA-ES learns from its mu parents (only with positive weights, which pruning therefore asks
 * for); random search needs the best alone; evolution drops what is worse than its whole population.
 * @param best score of the best design so far, undefined before the first
 */
export function loserRule(state: StrategyState, best: number | undefined): LoserRule {
  switch (state.kind) {
    case 'cma-search': {
      if (state.strategy.kind !== 'cmaes' || state.strategy.active) return {};
      const { populationSize, active, covarianceKind, distribution } = state.strategy;
      const dimension = distribution.mean.length;
      return { parents: defaultParameters({ dimension, populationSize, active, covariance: covarianceKind }).mu };
    }
    case 'random':
      return best === undefined ? { parents: 1 } : { parents: 1, cutoff: best };
    case 'evolution': {
      const worst = state.population.at(-1);
      const full = worst !== undefined && state.population.length >= state.settings.populationSize;
      return full && fromJsonNumber(worst.violation) === 0 ? { cutoff: fromJsonNumber(worst.value) } : {};
    }
  }
}
