import type { AcceleratorSpecification } from '../../src/accelerator/specification.ts';
import type { DesignRequest } from '../../src/app/design/inputs.ts';
import type { NetworkFigures, ScoredDesign, SearchCounters } from '../../src/search/ports.ts';
import type { BaselineEvent } from '../../src/search/run-events.ts';

/** Figures of the budget's own accelerator on one network: published dataflow and optimal mapping, exact mapper. */
export interface BaselineJob {
  readonly kind: 'baseline';
  readonly workload: string;
  readonly budget: string;
  /** Null: the baseline's own. */
  readonly technology: string | null;
  readonly factors: 'perfect' | 'imperfect';
}

/** One accelerator search. */
export interface DesignJob {
  readonly kind: 'design';
  readonly workloads: readonly string[];
  readonly budget: string;
  readonly technology: string | null;
  readonly strategy: DesignRequest['strategy'];
  readonly candidates: number;
  /** Null: the default of the application. */
  readonly population: number | null;
  /** Problem dims that an array axis carries at most; null: the default of the application. */
  readonly dimsPerAxis: number | null;
  /** Generations of random designs before each run of CMA-ES; null: the default of the application, 0: as published. */
  readonly explorations: number | null;
  readonly mapper: DesignRequest['mapper'];
  /** Mappings per layer of a sampled mapper; 0 with the exact one. */
  readonly mapperEvaluations: number;
  /** Factors of the search and of its baselines. */
  readonly factors: 'perfect' | 'imperfect';
  readonly prune: boolean;
  readonly seed: number;
}

/** A given accelerator on one network with optimal mappings. */
export interface EvaluateJob {
  readonly kind: 'evaluate';
  readonly workload: string;
  readonly technology: string;
  readonly factors: 'perfect' | 'imperfect';
  readonly specification: AcceleratorSpecification;
}

/** A piece of work whose result depends on nothing but itself and the code. Plain JSON. */
export type Job = BaselineJob | DesignJob | EvaluateJob;

/** What a search met in one generation. */
export interface GenerationSummary {
  /** Scores of the candidates that were mapped in full; relative to the baseline's optimal mapping. */
  readonly scores: readonly number[];
  /** Best score so far; null before the first. */
  readonly best: number | null;
}

/** Result of a {@link BaselineJob}. */
export interface BaselineResult {
  readonly published: BaselineEvent;
  readonly optimal: BaselineEvent;
}

/** Result of a {@link DesignJob}. */
export interface DesignResult {
  readonly best: ScoredDesign;
  readonly generations: readonly GenerationSummary[];
  readonly counters: SearchCounters;
}

/** Result of an {@link EvaluateJob}. */
export interface EvaluateResult {
  readonly figures: NetworkFigures;
}

/** Result of each kind of job. */
export interface JobResults {
  readonly baseline: BaselineResult;
  readonly design: DesignResult;
  readonly evaluate: EvaluateResult;
}

/** What a lane is sent: a job with the results that it builds on. */
export interface LaneTask {
  readonly job: Job;
  /** Of a design job: the baselines of its networks, in their order. */
  readonly baselines: readonly BaselineResult[];
}

/** What a lane answers. */
export type LaneAnswer =
  | { readonly kind: 'done'; readonly result: JobResults[Job['kind']]; readonly cpuSeconds: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Key that is equal for equal jobs. */
export function jobKey(job: Job): string {
  return JSON.stringify(job, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** One line about a job. */
export function describeJob(job: Job): string {
  switch (job.kind) {
    case 'baseline':
      return `baseline of ${job.budget} on ${job.workload}${job.technology === null ? '' : ` with ${job.technology}`}`;
    case 'design': {
      const technology = job.technology === null ? '' : ` with ${job.technology}`;
      const dims = job.dimsPerAxis === null ? '' : ` (${job.dimsPerAxis} dims per axis)`;
      const single = job.explorations === 0 ? ' (one run)' : '';
      return `${job.workloads.join('+')} within ${job.budget}${technology}: ${job.strategy}${dims}${single}, ${job.mapper} mapper, seed ${job.seed}`;
    }
    case 'evaluate':
      return `design on ${job.workload} with ${job.technology}`;
  }
}
