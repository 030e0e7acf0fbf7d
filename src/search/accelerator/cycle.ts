import type { Point, Space } from '../../optimizers/space.ts';
import { createOptimizer, isRankBased, type StrategySettings, type StrategyState } from './strategies.ts';
import type { StrategyName } from './strategy-names.ts';

/** A scored point. */
export interface ScoredPoint {
  readonly point: Point;
  readonly score: number;
}

/**
 * Where a search of a CMA-ES strategy stands. It goes in cycles: random designs first, then CMA-ES from the best of them until it
 * stagnates, then the next cycle. Plain JSON.
 *
 * NAAS (DAC 2021) runs CMA-ES once. With populations that wait for hundreds of candidates only, that settles on one wiring of the array early
 * and then searches its sizes; random designs are cheap, since most are dropped long before all layers are mapped.
 */
export interface SearchCycle {
  /** From 0. */
  readonly index: number;
  /** Generation that it began with. */
  readonly began: number;
  /** Best of the cycle; null before the first scored design. */
  readonly best: ScoredPoint | null;
  /** Generation after which `best` was last replaced. */
  readonly improved: number;
}

/** The first cycle. */
export const FIRST_CYCLE: SearchCycle = { index: 0, began: 0, best: null, improved: 0 };

/** How cycles go. */
export interface CycleSettings extends Omit<StrategySettings, 'start' | 'sigma'> {
  readonly strategy: StrategyName;
  /** Generations of random designs at the beginning of a cycle; 0: a single cycle of CMA-ES from `centre`. */
  readonly explorations: number;
}

/** Initial standard deviation of CMA-ES after an exploration: it starts at a design that is good already. */
const SIGMA = 0.2;
/** Generations of CMA-ES without a better design in the cycle after which the next cycle begins. */
const PATIENCE = 10;
/** Share of the random designs with sizes near those of the centre, and their deviation from it as a share of the ranges. */
const NEAR_SHARE = 0.5;
const NEAR_DEVIATION = 0.1;

/** Where a search stands before a generation. */
export interface CyclePlace {
  readonly cycle: SearchCycle;
  /** Optimizer that samples the next generation. */
  readonly optimizer: StrategyState;
}

/**
 * The beginning of a search.
 * @param centre the baseline's own design; absent = the middle of the space
 */
export function firstPlace(space: Space, centre: Point | undefined, settings: CycleSettings): CyclePlace {
  const { strategy, explorations, ...rest } = settings;
  const cycle = FIRST_CYCLE;
  return isRankBased(strategy) && explorations > 0
    ? { cycle, optimizer: exploration(space, centre, settings, cycle) }
    : { cycle, optimizer: createOptimizer(strategy, space, { ...rest, ...startAt(centre) }).getState() };
}

/**
 * Where a search goes on after a generation: the same place, or with the other optimizer of the cycle, or in the next cycle.
 * @param generation number of the next generation, from 1
 * @param centre best design so far, or the baseline's own; absent = none can be encoded
 */
export function nextPlace(
  place: CyclePlace,
  generation: number,
  space: Space,
  centre: Point | undefined,
  settings: CycleSettings,
): CyclePlace {
  const { cycle } = place;
  const { strategy, explorations, ...rest } = settings;
  if (!isRankBased(strategy) || explorations === 0) return place;
  const learns = cycle.began + explorations;
  if (generation < learns) return place;
  if (generation === learns) {
    const seed = seedOf(settings, cycle);
    const start = startAt(cycle.best?.point ?? centre);
    return {
      cycle,
      optimizer: createOptimizer(strategy, space, { ...rest, seed, sigma: SIGMA, ...start }).getState(),
    };
  }
  if (generation - Math.max(cycle.improved, learns) < PATIENCE) return place;
  const next: SearchCycle = { index: cycle.index + 1, began: generation, best: null, improved: generation };
  return { cycle: next, optimizer: exploration(space, centre, settings, next) };
}

/** Random designs: half of them anywhere, half with sizes near those of the centre; the wiring is uniform. */
function exploration(
  space: Space,
  centre: Point | undefined,
  settings: CycleSettings,
  cycle: SearchCycle,
): StrategyState {
  const near = centre === undefined ? {} : { near: { point: centre, share: NEAR_SHARE, deviation: NEAR_DEVIATION } };
  return createOptimizer('random', space, { ...settings, seed: seedOf(settings, cycle), ...near }).getState();
}

function startAt(start: Point | undefined) {
  return start === undefined ? {} : { start };
}

/** Seeds of different cycles; that of the first is the search's own. */
function seedOf({ seed }: CycleSettings, { index }: SearchCycle): number {
  return (seed + Math.imul(index, 0x9e3779b9)) >>> 0;
}
