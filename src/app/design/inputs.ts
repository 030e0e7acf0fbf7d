import type { Budget } from '../../accelerator/budget.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import type { DataflowTemplate } from '../../mapping/dataflow.ts';
import type { ArraySizes } from '../../search/accelerator/accelerator-encoding.ts';
import { richestAxis } from '../../search/accelerator/array-wiring.ts';
import {
  DEFAULT_EXPLORATIONS,
  DEFAULT_POPULATION,
  defaultArraySizes,
} from '../../search/accelerator/search-options.ts';
import type { StrategyName } from '../../search/accelerator/strategies.ts';
import type { MapperName } from '../../search/mapping/map-layer.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import { mappingFileName } from '../map/mapping-text.ts';
import { loadBudget, loadSpecification, loadTechnology, loadWorkload } from '../presets/load.ts';
import { publishedDataflow } from './published-dataflow.ts';

/** What `trifold design` is asked; names of presets or files. */
export interface DesignRequest {
  readonly workloads: readonly string[];
  readonly budget: string;
  /** Accelerator that designs inherit from and are compared with; default: the budget's own. */
  readonly baseline?: string;
  /** Default: the baseline's own. */
  readonly technology?: string;
  readonly batch: number;
  readonly strategy: StrategyName;
  readonly generations: number;
  readonly populationSize?: number;
  /** Problem dims that an array axis of a design carries at most, 1 to 6; as many as an axis of the baseline by default, 1 as published. */
  readonly dimsPerAxis?: number;
  /** Array sizes of designs; the default depends on `factors`, see `defaultArraySizes`. */
  readonly arraySizes?: ArraySizes;
  /** Generations of random designs before each run of CMA-ES; {@link DEFAULT_EXPLORATIONS} by default, 0: CMA-ES once, as published. */
  readonly explorations?: number;
  /** Whether the baseline itself is a design to be found, where it keeps the budget; true by default. */
  readonly baselineCandidate?: boolean;
  /** Level-1 mapper of the search; the baselines and the final design use it too. */
  readonly mapper: MapperName;
  /** Mappings per layer of a sampled mapper. */
  readonly mapperEvaluations: number;
  /** Factors inside the search. */
  readonly factors: 'perfect' | 'imperfect';
  /** Factors of the final mapping of the best design and of the baseline beside it; imperfect by default with the exact mapper. */
  readonly finalFactors?: 'perfect' | 'imperfect';
  readonly prune: boolean;
  readonly seed: number;
}

/** Everything a run needs, resolved: plain JSON, so that a run can go on when presets or files have changed. */
export interface DesignInputs {
  readonly kind: 'design';
  readonly request: DesignRequest;
  readonly networks: readonly Network[];
  readonly template: AcceleratorSpecification;
  readonly technology: Technology;
  readonly budget: Budget;
  /** Published dataflow of the baseline; null when none is known. */
  readonly dataflow: DataflowTemplate | null;
}

/** Resolves the names of a request. @throws TrifoldError for unknown names and bad files */
export function designInputs(request: DesignRequest): DesignInputs {
  if (request.workloads.length === 0) throw new TrifoldError('usage', 'no workload given');
  const budget = loadBudget(request.budget);
  const baseline = request.baseline ?? budget.baseline?.accelerator;
  if (baseline === undefined)
    throw new TrifoldError('usage', `budget ${budget.name} names no baseline accelerator`, {
      hint: 'give one with --baseline: designs inherit its clock, word widths and technology and are compared with it',
    });
  const template = loadSpecification(baseline);
  const technology = loadTechnology(request.technology ?? template.technology);
  const networks = request.workloads.map((name) => loadWorkload(name, request.batch).network);
  refuseEqualNames(networks);
  return {
    kind: 'design',
    request: {
      ...request,
      dimsPerAxis: request.dimsPerAxis ?? richestAxis(template),
      arraySizes: request.arraySizes ?? defaultArraySizes(request.factors),
      explorations: request.explorations ?? DEFAULT_EXPLORATIONS,
      baselineCandidate: request.baselineCandidate ?? true,
      finalFactors: finalFactorsOf(request),
    },
    networks,
    template: { ...template, technology: technology.name },
    technology,
    budget,
    dataflow: publishedDataflow(baseline, budget),
  };
}

/** Factors of the final mappings of a run. */
export function finalFactorsOf({ finalFactors, mapper }: DesignRequest): 'perfect' | 'imperfect' {
  return finalFactors ?? (mapper === 'exact' ? 'imperfect' : 'perfect');
}

/** Candidates per generation. */
export function populationOf(request: DesignRequest): number {
  return request.populationSize ?? DEFAULT_POPULATION;
}

/** Dims per axis of a run; runs from before there was a choice have one. */
export function dimsPerAxisOf(request: DesignRequest): number {
  return request.dimsPerAxis ?? 1;
}

/** Array sizes of a run; runs from before there was a choice have any even ones. */
export function arraySizesOf(request: DesignRequest): ArraySizes {
  return request.arraySizes ?? 'published';
}

/** Explorations of a run; runs from before there were any have none. */
export function explorationsOf(request: DesignRequest): number {
  return request.explorations ?? 0;
}

/** Results of a run are told apart by the names of its networks. */
function refuseEqualNames(networks: readonly Network[]): void {
  const names = networks.map(({ name }) => mappingFileName(name));
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0)
    throw new TrifoldError('usage', `two workloads of the run are called ${networks[twice]!.name}`, {
      hint: 'give one of them another name in its file, or leave it out',
    });
}

/** Whether a run's configuration is that of a design run. */
export function isDesignInputs(value: unknown): value is DesignInputs {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'design' && 'networks' in value
  );
}
