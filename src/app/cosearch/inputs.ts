import type { Budget } from '../../accelerator/budget.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { DEFAULT_WORD_BITS } from '../../formats/workload/workload.ts';
import type { DataflowTemplate } from '../../mapping/dataflow.ts';
import type { ArraySizes } from '../../search/accelerator/accelerator-encoding.ts';
import { richestAxis } from '../../search/accelerator/array-wiring.ts';
import { DEFAULT_POPULATION, defaultArraySizes } from '../../search/accelerator/search-options.ts';
import type { StrategyName } from '../../search/accelerator/strategies.ts';
import { DEFAULT_EVOLUTION, type EvolutionSettings } from '../../search/network/ofa-evolution.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import { publishedDataflow } from '../design/published-dataflow.ts';
import { loadBudget, loadSpecification, loadTechnology, loadWorkload } from '../presets/load.ts';
import { type AccuracySource, accuracySourceHash } from './accuracy-source.ts';

/** How accelerators and networks are searched together: networks inside every accelerator (NAAS), or both as one. */
export type CosearchSearch = 'nested' | 'joint';

/** What `trifold cosearch` is asked; names of presets or files. */
export interface CosearchRequest {
  readonly space: string;
  /** Exactly one of `budget` and `accelerator`. */
  readonly budget?: string;
  /** Hardware that exists: only networks are searched. */
  readonly accelerator?: string;
  /** Accelerator that designs inherit from and are compared with; default: the budget's own. */
  readonly baseline?: string;
  /** Default: the baseline's own. */
  readonly technology?: string;
  /** Least top-1 accuracy in percent; null only with `pareto`. */
  readonly floorPercent: number | null;
  readonly accuracy: AccuracySource;
  readonly search: CosearchSearch;
  /** The front of accuracy against EDP instead of the least EDP. */
  readonly pareto: boolean;
  /** How accelerators are proposed in a nested search. */
  readonly strategy: StrategyName;
  readonly generations: number;
  /** Accelerators per generation (nested), or pairs of accelerator and network. */
  readonly populationSize: number;
  /** Problem dims that an array axis of a design carries at most, 1 to 6; as in a design run without networks by default. */
  readonly dimsPerAxis?: number;
  /** Array sizes of designs, those that the reference network can fill or any even ones; as in a design run by default. */
  readonly arraySizes?: ArraySizes;
  /** Networks inside every accelerator (nested); its shares and rates hold for the other searches too. */
  readonly evolution: EvolutionSettings;
  readonly factors: 'perfect' | 'imperfect';
  /** Partial mappings that are bounded per layer. */
  readonly nodeLimit: number;
  readonly seed: number;
}

/**
 * Defaults that are to end within 15 minutes on two cores for `ofa-resnet50` within the Eyeriss budget: there an accelerator of a nested
 * search takes some 3 s of one core (docs/results.md).
 */
export const COSEARCH_DEFAULTS = {
  nested: { generations: 20, populationSize: DEFAULT_POPULATION },
  joint: { generations: 60, populationSize: 32 },
  evolution: DEFAULT_EVOLUTION,
} as const;

/** A network that people know, which the found one is compared with. */
export interface ReferenceNetwork {
  readonly network: Network;
  /** Published top-1 in percent; null when the space's own evaluator says it. */
  readonly top1Percent: number | null;
  readonly source: string;
}

/** Everything a run needs, resolved: plain JSON, so that a run can go on when presets or files have changed. */
export interface CosearchInputs {
  readonly kind: 'cosearch';
  readonly request: CosearchRequest;
  readonly reference: ReferenceNetwork;
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

/** Word widths of all searched networks: those of workload files that state none. */
export const COSEARCH_WORD_BITS = DEFAULT_WORD_BITS;

/** Resolves the names of a request. @throws TrifoldError for unknown names, bad files and contradictions */
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
  const baseline = request.accelerator ?? request.baseline ?? budget?.baseline?.accelerator;
  if (baseline === undefined)
    throw new TrifoldError('usage', `budget ${request.budget} names no baseline accelerator`, {
      hint: 'give one with --baseline: designs inherit its clock, word widths and technology and are compared with it',
    });
  const template = loadSpecification(baseline);
  const technology = loadTechnology(request.technology ?? template.technology);
  return {
    kind: 'cosearch',
    request: {
      ...request,
      ...(budget === null ? {} : { dimsPerAxis: request.dimsPerAxis ?? richestAxis(template) }),
      ...(budget === null ? {} : { arraySizes: request.arraySizes ?? defaultArraySizes(request.factors) }),
    },
    reference: referenceNetwork(space),
    template: { ...template, technology: technology.name },
    technology,
    budget,
    dataflow: publishedDataflow(baseline, budget),
    accuracySha256: accuracySourceHash(request.accuracy),
  };
}

/** Whether a run's configuration is that of a co-search. */
export function isCosearchInputs(value: unknown): value is CosearchInputs {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'cosearch';
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

/** Presets that networks of a space are compared with, with the top-1 accuracy of the weights published first. */
const REFERENCE_PRESETS: readonly (readonly [space: string, preset: string, top1Percent: number, source: string])[] = [
  ['ofa-resnet50', 'resnet50', 76.13, 'torchvision, ResNet50_Weights.IMAGENET1K_V1'],
  ['ofa-mobilenetv3', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['ofa-mobilenetv3-w1.2', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['ofa-proxyless', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['mobilenetv2-ibn', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['accel-nasbench', 'efficientnet-b0', 77.69, 'torchvision, EfficientNet_B0_Weights.IMAGENET1K_V1'],
];

/** A well-known network of the kind; for benchmarks of cells or blocks the one that has a 3x3 convolution everywhere. */
function referenceNetwork(space: NetworkSpace): ReferenceNetwork {
  const known = REFERENCE_PRESETS.find(([name]) => name === space.name);
  if (known !== undefined) {
    const [, preset, top1Percent, source] = known;
    return { network: loadWorkload(preset).network, top1Percent, source };
  }
  const genotype = space.genes.map(({ values }) => {
    const place = values.findIndex((value) => value === 'nor_conv_3x3' || value === 'mbconv-k3-e3');
    return Math.max(0, place);
  });
  const network = space.build(genotype, { batch: 1, wordBits: COSEARCH_WORD_BITS });
  return {
    network: { ...network, name: `${space.name}-3x3` },
    top1Percent: null,
    source: 'the network of the space with a 3x3 convolution everywhere',
  };
}
