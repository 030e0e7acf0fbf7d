import type { Technology } from '../accelerator/technology.ts';
import { taskEvaluator } from '../search/accelerator/local-evaluator.ts';
import type { CandidateResult, CandidateTask } from '../search/ports.ts';
import type { Network } from '../workload/network.ts';
import { type MapperChoice, makeMapper } from './mapper-choice.ts';
import type { Task } from './task.ts';

/** What candidates are evaluated with. Plain data. */
export interface CandidateSetup {
  readonly networks: readonly Network[];
  readonly technology: Technology;
  readonly mapper: MapperChoice;
}

/** Evaluates accelerator candidates. */
export const task: Task<CandidateSetup, CandidateTask, CandidateResult> = {
  moduleUrl: import.meta.url,
  start: ({ networks, technology, mapper }) =>
    taskEvaluator({ networks, technology, mapper: makeMapper(mapper), factors: mapper.factors }),
  describe: ({ trial, specification }) => `trial ${trial} (${specification.name})`,
};
