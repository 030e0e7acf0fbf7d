import type { CandidateSetup } from '../parallel/candidate-task.ts';
import { makeMapper } from '../parallel/mapper-choice.ts';
import type { Task } from '../parallel/task.ts';
import { taskEvaluator } from '../search/accelerator/local-evaluator.ts';
import type { CandidateResult, CandidateTask } from '../search/ports.ts';
import { cachedMapper } from '../study/cached-mapper.ts';
import { MappingCache } from '../study/mapping-cache.ts';

/** What candidates are evaluated with, and where the mappings of earlier runs are. Plain data. */
export interface CachedCandidateSetup extends CandidateSetup {
  readonly cacheFolder: string;
  /** Version of the code that maps. */
  readonly modelVersion: string;
}

/** Evaluates accelerator candidates with a cache of mappings that each thread opens for itself. */
export const task: Task<CachedCandidateSetup, CandidateTask, CandidateResult> = {
  moduleUrl: import.meta.url,
  start: ({ networks, technology, mapper, cacheFolder, modelVersion }) =>
    taskEvaluator({
      networks,
      technology,
      factors: mapper.factors,
      mapper: cachedMapper(makeMapper(mapper), new MappingCache(cacheFolder), {
        mapper,
        packageVersion: modelVersion,
      }),
    }),
  describe: ({ trial, specification }) => `trial ${trial} (${specification.name})`,
};
