import { openCandidatePool } from '../parallel/candidate-pool.ts';
import type { MapperChoice } from '../parallel/mapper-choice.ts';
import type { CandidateEvaluator } from '../search/ports.ts';
import type { DesignInputs } from './design-inputs.ts';

/** An evaluator that may hold threads. */
export interface ClosableEvaluator extends CandidateEvaluator {
  close(): Promise<void>;
}

/** How an evaluator runs; nothing of this changes its results. */
export interface EvaluatorThreads {
  readonly workers: number;
  /** Use a thread even for one worker, so that a live view stays responsive. */
  readonly offMainThread: boolean;
}

/** Evaluates the candidates of a design run on threads; the results do not depend on their number. */
export async function openEvaluator(inputs: DesignInputs, threads: EvaluatorThreads): Promise<ClosableEvaluator> {
  const { networks, technology } = inputs;
  return openCandidatePool({ networks, technology, mapper: mapperChoice(inputs) }, threads);
}

function mapperChoice({ request }: DesignInputs): MapperChoice {
  const { mapper, mapperEvaluations, factors, seed } = request;
  return mapper === 'exact'
    ? { kind: 'exact', factors }
    : { kind: 'sampled', mapper, evaluations: mapperEvaluations, seed, factors };
}
