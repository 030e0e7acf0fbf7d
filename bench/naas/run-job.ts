import { type DesignHooks, type DesignState, INITIAL_DESIGN_STATE, runDesign } from '../../src/app/design/design.ts';
import { openEvaluator } from '../../src/app/design/evaluators.ts';
import { type DesignInputs, type DesignRequest, designInputs, populationOf } from '../../src/app/design/inputs.ts';
import { openCandidatePool } from '../../src/app/layers/candidate-pool.ts';
import { loadTechnology, loadWorkload } from '../../src/app/presets/load.ts';
import { exactSettings } from '../../src/search/mapping/map-layer.ts';
import type { BaselineEvent } from '../../src/search/run-events.ts';
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
function requestOf(job: BaselineJob | DesignJob): DesignRequest {
  const common = {
    budget: job.budget,
    ...(job.technology === null ? {} : { technology: job.technology }),
    batch: 1,
    factors: job.factors,
    finalFactors: job.factors,
    // What a search finds by itself: with the baseline as a candidate no gain would ever be below 1. Cycles and CMA-ES start at its design as far as
    // the encoding can say it; that is scored like any other.
    baselineCandidate: false,
  } as const;
  if (job.kind === 'baseline')
    return {
      ...common,
      workloads: [job.workload],
      strategy: 'random',
      generations: 1,
      mapper: 'exact',
      mapperEvaluations: 1,
      prune: true,
      seed: 1,
    };
  const request: DesignRequest = {
    ...common,
    workloads: job.workloads,
    strategy: job.strategy,
    generations: 1,
    ...(job.population === null ? {} : { populationSize: job.population }),
    ...(job.dimsPerAxis === null ? {} : { dimsPerAxis: job.dimsPerAxis }),
    ...(job.explorations === null ? {} : { explorations: job.explorations }),
    mapper: job.mapper,
    mapperEvaluations: Math.max(1, job.mapperEvaluations),
    prune: job.prune,
    seed: job.seed,
  };
  return { ...request, generations: Math.max(1, Math.round(job.candidates / populationOf(request))) };
}

async function runBaseline(job: BaselineJob): Promise<BaselineResult> {
  const inputs = designInputs(requestOf(job));
  const state = { last: INITIAL_DESIGN_STATE };
  await carry(inputs, INITIAL_DESIGN_STATE, {
    onEvent: () => {},
    onState: (next) => {
      state.last = next;
    },
    endsNow: () => 'interrupted',
  });
  const found = (which: BaselineEvent['which']) => state.last.baselines.find((event) => event.which === which);
  const optimal = found('optimal');
  if (optimal === undefined) throw new Error(`no baseline of ${job.budget}`);
  return { optimal, published: found('published') ?? optimal };
}

/** The final mapping of the best design is left out: figures are those of the search, whose mapper is the baseline's too. */
async function runSearch(job: DesignJob, baselines: readonly BaselineResult[]): Promise<DesignResult> {
  const generations: GenerationSummary[] = [];
  const start: DesignState = { ...INITIAL_DESIGN_STATE, baselines: mergeBaselines(baselines) };
  const state = { last: start };
  const request = requestOf(job);
  const inputs = designInputs({ ...request, generations: request.generations + 1 });
  await carry(inputs, start, {
    onEvent: (event) => {
      if (event.kind !== 'generation') return;
      const scores = event.trials.flatMap((trial) => (trial.score === undefined ? [] : [trial.score]));
      generations.push({ scores, best: event.best?.score ?? null });
    },
    onState: (next) => {
      state.last = next;
    },
    endsNow: (search) => (search.getState().generation >= request.generations ? 'interrupted' : null),
  });
  const found = state.last.search;
  if (found === null || found.best === null) throw new Error('no design could be mapped');
  return { best: found.best, generations, counters: found.counters };
}

async function carry(
  inputs: DesignInputs,
  start: DesignState,
  hooks: Pick<DesignHooks, 'onEvent' | 'onState' | 'endsNow'>,
) {
  const evaluator = await openEvaluator(inputs, { workers: 1, offMainThread: false });
  try {
    return await runDesign(inputs, start, { ...hooks, evaluator, whenUnpaused: async () => {} });
  } finally {
    await evaluator.close();
  }
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
