import type { Technology } from '../accelerator/technology.ts';
import { taskEvaluator } from '../search/accelerator/local-evaluator.ts';
import type { CandidateResult, CandidateTask } from '../search/ports.ts';
import type { Network } from '../workload/network.ts';
import { type MapperChoice, makeMapper } from './mapper-choice.ts';

/** Where threads load this task from. */
export const taskUrl = import.meta.url;

/** What candidates are evaluated with. Plain data. */
export interface CandidateSetup {
  readonly networks: readonly Network[];
  readonly technology: Technology;
  readonly mapper: MapperChoice;
}

/** Names a candidate by its trial. */
export function describe({ trial, specification }: CandidateTask): string {
  return `trial ${trial} (${specification.name})`;
}

/** Prepares a thread to evaluate accelerator candidates. */
export function start({ networks, technology, mapper }: CandidateSetup): (task: CandidateTask) => CandidateResult {
  return taskEvaluator({ networks, technology, mapper: makeMapper(mapper), factors: mapper.factors });
}
