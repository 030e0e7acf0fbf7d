import { type DesignState, INITIAL_DESIGN_STATE } from '../../src/app/design/design.ts';
import { openEvaluator } from '../../src/app/design/evaluators.ts';
import { designInputs } from '../../src/app/design/inputs.ts';
import { openCandidatePool } from '../../src/app/layers/candidate-pool.ts';
import { loadTechnology, loadWorkload } from '../../src/app/presets/load.ts';
import { unlimited } from '../../src/app/run/limits.ts';
import { readRequest } from '../../src/options/command.ts';
import { DESIGN, type DesignOptions } from '../../src/options/design.ts';
import { exactSettings } from '../../src/search/mapping/map-layer.ts';
import type { BaselineEvent } from '../../src/search/run-events.ts';
import { searchDesigns } from '../design-search.ts';
import type {
  BaselineJob,
  BaselineResult,
  DesignJob,
  DesignResult,
  EvaluateJob,
  EvaluateResult,
  GenerationSummary,
  JobResults,
  LaneTask,
} from './job.ts';

/** Does a job on this thread. @throws TrifoldError for unknown names, and where nothing feasible is met */
export async function runJob({ job, baselines }: LaneTask): Promise<JobResults[LaneTask['job']['kind']]> {
  switch (job.kind) {
    case 'baseline':
      return runBaseline(job);
    case 'design':
      return runSearch(job, baselines);
    case 'evaluate':
      return runEvaluate(job);
  }
}

/** The request that a command line without options would make, with what the job states. */
function requestOf(job: BaselineJob | DesignJob): DesignOptions {
  const common = {
    budget: job.budget,
    technology: job.technology ?? undefined,
    factors: job.factors,
    finalFactors: job.factors,
    // What a search finds by itself: with the baseline as a candidate no gain would ever be below 1. Cycles and CMA-ES start at its design as far as
    // the encoding can say it; that is scored like any other.
    baselineCandidate: false,
  };
  if (job.kind === 'baseline')
    return readRequest(DESIGN.request, {
      ...common,
      workloads: [job.workload],
      strategy: 'random',
      generations: 1,
      mapperEvaluations: 1,
    });
  const request = readRequest(DESIGN.request, {
    ...common,
    workloads: job.workloads,
    strategy: job.strategy,
    populationSize: job.population ?? undefined,
    dimsPerAxis: job.dimsPerAxis ?? undefined,
    explorations: job.explorations ?? undefined,
    mapper: job.mapper,
    mapperEvaluations: Math.max(1, job.mapperEvaluations),
    prune: job.prune,
    seed: job.seed,
  });
  return { ...request, generations: Math.max(1, Math.round(job.candidates / request.populationSize)) };
}

async function runBaseline(job: BaselineJob): Promise<BaselineResult> {
  const state = await searchJob(requestOf(job), () => true);
  const found = (which: BaselineEvent['which']) => state.baselines.find((event) => event.which === which);
  const optimal = found('optimal');
  if (optimal === undefined) throw new Error(`no baseline of ${job.budget}`);
  return { optimal, published: found('published') ?? optimal };
}

/** The final mapping of the best design is left out: figures are those of the search, whose mapper is the baseline's too. */
async function runSearch(job: DesignJob, baselines: readonly BaselineResult[]): Promise<DesignResult> {
  const generations: GenerationSummary[] = [];
  const start: DesignState = { ...INITIAL_DESIGN_STATE, baselines: mergeBaselines(baselines) };
  const request = requestOf(job);
  const { search: found } = await searchJob(
    { ...request, generations: request.generations + 1 },
    (search) => search.getState().generation >= request.generations,
    start,
    (event) => {
      if (event.kind !== 'generation') return;
      const scores = event.trials.flatMap((trial) => (trial.score === undefined ? [] : [trial.score]));
      generations.push({ scores, best: event.best?.score ?? null });
    },
  );
  if (found === null || found.best === null) throw new Error('no design could be mapped');
  return { best: found.best, generations, counters: found.counters };
}

type Search = Parameters<typeof searchDesigns>;

async function searchJob(request: DesignOptions, isDone: Search[2], start?: DesignState, emit?: Search[4]) {
  const inputs = designInputs(request);
  const evaluator = await openEvaluator(inputs, unlimited(1));
  return searchDesigns(inputs, evaluator, isDone, start, emit).finally(() => evaluator.close());
}

/** Baselines of single networks as those of all together. */
function mergeBaselines(baselines: readonly BaselineResult[]): BaselineEvent[] {
  return (['published', 'optimal'] as const).map((which) => ({
    ...baselines[0]![which],
    networks: baselines.flatMap((one) => one[which].networks),
  }));
}

async function runEvaluate({ workload, technology, factors, specification }: EvaluateJob): Promise<EvaluateResult> {
  const pool = await openCandidatePool(
    {
      networks: [loadWorkload(workload, 1).network],
      technology: loadTechnology(technology),
      settings: exactSettings({ factors }),
    },
    { workers: 1 },
  );
  const [result] = await pool.evaluateCandidates([{ trial: 0, specification, baselineEdps: [1], cutoff: null }]);
  await pool.close();
  if (result?.outcome !== 'scored') throw new Error(`${specification.name} cannot run ${workload}`);
  return { figures: result.networks[0]! };
}
