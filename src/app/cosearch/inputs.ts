import type { Budget } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { cosearchConfiguration } from '../../formats/run/configurations.ts';
import { refuseUnfit } from '../../formats/run/read.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { readRequest } from '../../options/command.ts';
import { type CosearchOptions, STORED_COSEARCH } from '../../options/cosearch.ts';
import { refuseImpossibleBudget } from '../../search/accelerator/accelerator-encoding.ts';
import { richestAxis } from '../../search/accelerator/array-wiring.ts';
import { defaultArraySizes, defaultBufferSizes } from '../../search/accelerator/search-options.ts';
import { accuracyFloorAdvice, refuseFraction } from '../../search/network/accuracy/accuracy-evaluator.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import { TrifoldError } from '../../util/errors.ts';
import { loadBaseline } from '../design/baseline.ts';
import { refuseUnscheduled, type SearchBetween } from '../layers/search-between.ts';
import { loadBudget } from '../presets/load.ts';
import { hasKind } from '../run/kind.ts';
import { type AccuracySource, accuracySourceHash, openAccuracySource, parseAccuracySource } from './accuracy-source.ts';
import { type BaselineNetwork, baselineNetwork } from './baseline-network.ts';

/** A request of `trifold cosearch`: defaults that depend on other options are resolved, names of presets and files are not. */
export interface CosearchRequest
  extends Omit<
      CosearchOptions,
      'floorPercent' | 'accuracy' | 'accuracySeconds' | 'recorded' | 'betweenLayers' | 'pinWeights'
    >,
    SearchBetween {
  /** Least top-1 accuracy in percent; null only with `pareto`. */
  readonly floorPercent: number | null;
  readonly accuracy: AccuracySource;
  /** Networks inside every accelerator (NAAS), or both as one. */
  readonly search: 'nested' | 'joint';
  readonly generations: number;
  /** Accelerators per generation (nested), or pairs of accelerator and network. */
  readonly populationSize: number;
}

/**
 * Defaults that are to end within 15 minutes on two cores for `ofa-resnet50` within the Eyeriss budget: there an accelerator of a nested
 * search takes some 3 s of one core (docs/results.md).
 */
export const COSEARCH_DEFAULTS = {
  nested: { generations: 20, populationSize: 8 },
  joint: { generations: 60, populationSize: 32 },
} as const;

/** The request that options of `trifold cosearch` make. @throws TrifoldError `usage` for an accuracy evaluator that is none */
export function cosearchRequest(options: CosearchOptions): CosearchRequest {
  const { accuracySeconds, recorded: _recorded, ...asked } = options;
  const search = options.search === 'joint' ? 'joint' : 'nested';
  const defaults = COSEARCH_DEFAULTS[isNested({ search, budget: options.budget }) ? 'nested' : 'joint'];
  return {
    ...asked,
    floorPercent: options.floorPercent ?? null,
    accuracy: parseAccuracySource(options.accuracy, accuracySeconds),
    search,
    generations: options.generations ?? defaults.generations,
    populationSize: options.populationSize ?? defaults.populationSize,
  };
}

/** Whether networks are searched inside every accelerator: only where accelerators are searched. */
export function isNested({ search, budget }: Pick<CosearchRequest, 'search' | 'budget'>): boolean {
  return search === 'nested' && budget !== undefined;
}

/** Everything a run needs, resolved: plain JSON, so that a run can go on when presets or files have changed. */
export interface CosearchInputs {
  readonly kind: 'cosearch';
  readonly request: CosearchRequest;
  readonly reference: BaselineNetwork;
  /** The accelerator that designs inherit from, or the fixed one. */
  readonly template: AcceleratorSpecification;
  readonly technology: Technology;
  /** Null for a fixed accelerator. */
  readonly budget: Budget | null;
  /** Published dataflow of the template; null when none is known. */
  readonly dataflow: DataflowTemplate | null;
  /** Hash of the files of the accuracy evaluator. */
  readonly accuracySha256: string;
}

/**
 * Resolves the names and the open defaults of a request.
 * @throws TrifoldError for unknown names, bad files and contradictions; `infeasible` when no network can reach the floor
 */
export function cosearchInputs(request: CosearchRequest): CosearchInputs {
  const space = findNetworkSpace(request.space);
  if ((request.budget === undefined) === (request.accelerator === undefined))
    throw new TrifoldError('usage', 'a co-search needs a budget or an accelerator', {
      hint: '--budget searches hardware within limits, --accelerator takes hardware that exists',
    });
  if (request.floorPercent === null && !request.pareto)
    throw new TrifoldError('usage', 'a co-search needs an accuracy floor', {
      hint: '--min-accuracy 78, or --pareto for the front of accuracy against EDP',
    });
  checkEvolution(request);
  const budget = request.budget === undefined ? null : loadBudget(request.budget);
  const own = request.accelerator ?? request.baseline;
  const { specification, technology, dataflow } = loadBaseline(own, request.technology, budget);
  if (budget !== null) refuseImpossibleBudget({ baseline: specification, budget, technology });
  checkFloor(request, space);
  const hardware = budget !== null && {
    dimsPerAxis: request.dimsPerAxis ?? richestAxis(specification),
    arraySizes: request.arraySizes ?? defaultArraySizes(request.factors),
    bufferSizes: request.bufferSizes ?? defaultBufferSizes(request.strategy),
  };
  const reference = baselineNetwork(space);
  const fixed = [['--factors perfect', request.factors === 'perfect']] as const;
  refuseUnscheduled(request, fixed, [reference.network], buildAccelerator(specification, technology));
  return {
    kind: 'cosearch',
    request: { ...request, ...hardware },
    reference,
    template: specification,
    technology,
    budget,
    dataflow,
    accuracySha256: accuracySourceHash(request.accuracy),
  };
}

function checkFloor({ accuracy, floorPercent }: CosearchRequest, space: NetworkSpace): void {
  const { limits } = openAccuracySource(accuracy, space);
  if (floorPercent === null) return;
  refuseFraction(limits, floorPercent);
  const advice = accuracyFloorAdvice(limits, floorPercent);
  if (advice.level === 'unreachable') throw new TrifoldError('infeasible', advice.message);
}

/** The inputs of a run folder; null when it is no co-search. */
export function readCosearchInputs(configuration: unknown): CosearchInputs | null {
  if (!isCosearchInputs(configuration)) return null;
  refuseUnfit(cosearchConfiguration, configuration, 'configuration');
  const { request } = configuration;
  // What is there stays as it is, so that a resumed run writes the same document.
  const { evolution } = readRequest(STORED_COSEARCH, request);
  checkEvolution(request);
  return { ...configuration, request: { ...request, evolution } };
}

/** Options of the accelerators of a search; those of runs from before there was a choice are what was published. */
export function hardwareOptions({ request }: Pick<CosearchInputs, 'request'>) {
  const { dimsPerAxis = 1, arraySizes = 'published' as const, bufferSizes = 'linear' as const } = request;
  return { dimsPerAxis, arraySizes, bufferSizes };
}

function isCosearchInputs(value: unknown): value is CosearchInputs {
  return hasKind(value, 'cosearch');
}

function checkEvolution({ evolution, populationSize, generations, nodeLimit, floorPercent }: CosearchRequest): void {
  const fail = (message: string) => {
    throw new TrifoldError('usage', message);
  };
  const isShare = (value: number) => value >= 0 && value <= 1;
  if (evolution.population < 2 || populationSize < 2) fail('a population needs at least two members');
  if (evolution.iterations < 1 || generations < 1 || nodeLimit < 1) fail('a search needs at least one generation');
  if (!(evolution.parentRatio > 0 && evolution.parentRatio < 1)) fail('the parent ratio must lie between 0 and 1');
  if (![evolution.mutationRatio, evolution.rates.architecture, evolution.rates.resolution].every(isShare))
    fail('shares and rates lie between 0 and 1');
  if (floorPercent !== null && !(floorPercent > 0 && floorPercent <= 100))
    fail(`the accuracy floor is in percent, above 0 and up to 100, not ${floorPercent}`);
}
