import { areaMm2 } from '../../accelerator/accelerator.ts';
import { checkBudget } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import { searchSampler } from '../../search/network/climbing-sampler.ts';
import {
  type CosearchContext,
  designOf,
  figuresOf,
  foundNetwork,
  meritOf,
  newPoints,
} from '../../search/network/cosearch-context.ts';
import { mergeParents, type NestedStart, type ParentNetwork } from '../../search/network/nested-search.ts';
import { type EvolutionCourse, searchNetworks } from '../../search/network/network-evolution.ts';
import { mergeFront } from '../../search/network/network-front.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { CosearchInputs } from './inputs.ts';

/** Networks and iterations of a long evolution, for each of those of a candidate. */
const LONG_FACTOR = 2;
const LONG_ITERATIONS = 3;
/** Numbers of what is no trial of the search; randomness follows from them. */
const START_TRIAL = -1;
const POLISH_TRIAL = -2;

/** The evolution for one accelerator that deserves more than a candidate: the baseline's, and the best one at the end. */
function longEvolution({ evolution }: CosearchContext): CosearchContext['evolution'] {
  return {
    ...evolution,
    population: LONG_FACTOR * evolution.population,
    iterations: LONG_ITERATIONS * evolution.iterations,
  };
}

function anytime(context: CosearchContext): EvolutionCourse {
  const { iterations } = longEvolution(context);
  return { isAnytime: true, onIteration: (share) => context.onProgress?.(Math.round(share * iterations), iterations) };
}

/** Searches networks for the baseline's accelerator: good ones there are good starts elsewhere. When the signal of the context ends it, those found so far. */
export async function startingNetworks(inputs: CosearchInputs, context: CosearchContext): Promise<NestedStart> {
  const { template, technology, budget } = inputs;
  const task = { trial: START_TRIAL, specification: template, cutoffPjCycles: null, known: new Map() };
  const sampler = searchSampler(context);
  const [evolved] = await searchNetworks(
    { ...context, evolution: longEvolution(context) },
    [task],
    [],
    sampler,
    anytime(context),
  );
  const rated = evolved?.rated ?? [];
  const merit = meritOf(context, rated);
  const accelerator = buildAccelerator(template, technology);
  const area = areaMm2(accelerator);
  const isWithin = budget === null || checkBudget(accelerator, budget).length === 0;
  const best: ScoredDesign | null =
    merit === null
      ? null
      : {
          trial: START_TRIAL,
          score: merit.score,
          design: designOf(accelerator),
          specification: template,
          networks: [figuresOf(merit.network, context.space.name)],
          areaMm2: area,
          network: foundNetwork(context, merit.network),
        };
  return {
    climb: sampler.state,
    elites: mergeParents(context, [], rated),
    best: isWithin ? best : null,
    front: isWithin ? mergeFront([], newPoints(context, [], START_TRIAL, area, rated)) : [],
  };
}

/** Searches networks for the best accelerator once more, longer, until the signal of the context; never worse than what it begins with. */
export async function polish(
  context: CosearchContext,
  best: ScoredDesign,
  front: readonly AccuracyPoint[],
  parents: readonly ParentNetwork[],
): Promise<{ best: ScoredDesign; front: readonly AccuracyPoint[] }> {
  const { space } = context;
  const { trial, specification, areaMm2: area, network } = best;
  const own = network === undefined ? [] : [space.parse(network.genes)];
  const seeds =
    context.aim === 'front'
      ? front.map((point) => space.parse(point.network.genes))
      : [...own, ...parents.map(({ genotype }) => genotype)];
  const task = { trial: POLISH_TRIAL, specification, cutoffPjCycles: null, known: new Map() };
  const sampler = searchSampler(context);
  const [evolved] = await searchNetworks(
    { ...context, evolution: longEvolution(context) },
    [task],
    seeds,
    sampler,
    anytime(context),
  );
  const rated = evolved?.rated ?? [];
  const merit = meritOf(context, rated);
  const grown = mergeFront(front, newPoints(context, front, trial, area, rated));
  if (merit === null || merit.score >= best.score) return { best, front: grown };
  return {
    best: {
      ...best,
      score: merit.score,
      networks: [figuresOf(merit.network, space.name)],
      network: foundNetwork(context, merit.network),
    },
    front: grown,
  };
}
