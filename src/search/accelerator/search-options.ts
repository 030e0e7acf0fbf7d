import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Budget } from '../../accelerator/budget.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import type { Factors } from '../mapping/bounds/layer-bound.ts';
import type { FrontPoint, ScoredDesign, SearchCounters } from '../ports.ts';
import type { ArraySizes, BufferSizes } from './accelerator-encoding.ts';
import type { Baselines } from './baseline.ts';
import type { ScoredPoint, SearchCycle } from './cycle.ts';
import type { StrategyState } from './strategies.ts';
import type { StrategyName } from './strategy-names.ts';

/** Settings of an accelerator search. */
export interface AcceleratorSearchOptions {
  readonly strategy: StrategyName;
  /** 32-bit seed. */
  readonly seed: number;
  /** Generations to run; >= 1. */
  readonly generations: number;
  /** Candidates per generation, >= 2. */
  readonly populationSize: number;
  /** The budget's own accelerator: designs inherit all that is not searched. */
  readonly baseline: AcceleratorSpecification;
  readonly budget: Budget;
  readonly technology: Technology;
  /** The networks of the evaluator, in its order. */
  readonly networks: readonly Network[];
  readonly baselines: Baselines;
  /** Factors that the evaluator's mapper uses. */
  readonly factors: Factors;
  /** EDPs in pJ * cycles that no network falls below on an accelerator, one per network; absent: those of layers that are mapped on their own. */
  readonly edpBounds?: (accelerator: Accelerator) => readonly number[];
  /** Dims that an array axis carries at most, 1 to 6; 1 as published. */
  readonly dimsPerAxis: number;
  readonly arraySizes: ArraySizes;
  readonly bufferSizes: BufferSizes;
  /** The baseline as a scored design, for a search whose best is never worse; absent where it does not keep the budget or is no candidate. */
  readonly baselineDesign?: ScoredDesign;
  /**
   * Stop mapping candidates that are proven to teach the strategy nothing. The course of the search and its best
   * design stay the same; the front of energy, latency and area then holds only designs that the strategy learned from, such as the parents of
   * CMA-ES, even where others happened to be mapped to the end.
   */
  readonly prune: boolean;
  /** Negative weights of CMA-ES. They need the order of the losers, so CMA-ES is not pruned with them; false by default. */
  readonly active?: boolean;
  /** Where CMA-ES starts: at the baseline's own design (default) or in the middle of the space. Not stated in the paper. */
  readonly start?: 'baseline' | 'middle';
  /** Generations of random designs before each run of CMA-ES, see {@link SearchCycle}; 0: CMA-ES once, from `start`, as NAAS. Other strategies ignore it. */
  readonly explorations: number;
  /** Sampled designs per generation before giving up; 200 times the population by default. */
  readonly maxAttempts?: number;
}

/** Array sizes unless stated otherwise. */
export function defaultArraySizes(factors: Factors): ArraySizes {
  return factors === 'perfect' ? 'useful' : 'published';
}

/**
 * Scale of buffer sizes unless stated otherwise. A search of sizes alone has to come from a baseline's large buffer to one that is many times smaller;
 * one that wires arrays anew too found no better designs with geometric sizes (SqueezeNet within Eyeriss), which leave half of the range to
 * buffers below a hundredth of the budget.
 */
export function defaultBufferSizes(strategy: StrategyName): BufferSizes {
  return strategy === 'sizing' ? 'geometric' : 'linear';
}

/** State of an {@link AcceleratorSearch} as plain JSON. */
export interface AcceleratorSearchState {
  readonly kind: 'accelerator-search';
  readonly version: 1;
  readonly strategy: StrategyName;
  /** Absent in states from before there was a choice: 1. */
  readonly dimsPerAxis?: number;
  /** Absent in states from before there was a choice: `published`. */
  readonly arraySizes?: ArraySizes;
  /** Absent in states from before there was a choice: `linear`. */
  readonly bufferSizes?: BufferSizes;
  readonly generation: number;
  /** Trials so far; the next trial's number. */
  readonly trials: number;
  readonly exhausted: boolean;
  readonly optimizer: StrategyState;
  /** Absent in states from before there were cycles: the first. */
  readonly cycle?: SearchCycle;
  /** Best point that was searched; null or absent before the first. */
  readonly bestPoint?: ScoredPoint | null;
  /** Score of the last parent of the generation before; null when unknown. */
  readonly parentScore: number | null;
  readonly best: ScoredDesign | null;
  readonly front: readonly FrontPoint[];
  readonly counters: SearchCounters;
}

/** @throws TrifoldError `value` with the key path of the first option that is out of range */
export function checkOptions({
  generations,
  populationSize,
  networks,
  baselines,
  maxAttempts = 1,
}: AcceleratorSearchOptions) {
  const fail = (message: string, keyPath: string) => {
    throw new TrifoldError('value', message, { keyPath });
  };
  const isCount = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  if (!isCount(generations, 1)) fail('an accelerator search needs at least one generation', 'generations');
  if (!isCount(populationSize, 2)) fail('a population needs at least two candidates', 'populationSize');
  if (!isCount(maxAttempts, 1)) fail('at least one attempt is needed', 'maxAttempts');
  if (networks.length === 0) fail('an accelerator search needs a network', 'networks');
  if (baselines.optimal.length !== networks.length) fail('the baseline needs one figure per network', 'baselines');
}
