import type { CandidateEvaluator } from '../search/ports.ts';
import { type CandidateSetup, task } from './candidate-task.ts';
import { openPool, type PoolOptions } from './pool.ts';

/** Options of {@link openCandidatePool}. */
export interface CandidatePoolOptions extends Omit<PoolOptions, 'chunkItems'> {
  /** Cancels whatever is being evaluated. */
  readonly signal?: AbortSignal;
}

/** An evaluator that holds threads. */
export interface CandidatePool extends CandidateEvaluator {
  close(): Promise<void>;
}

/**
 * Evaluates accelerator candidates on threads, one candidate per message: their costs differ too much for larger chunks.
 * Results depend on the tasks alone; only their counters depend on the number of workers, as each remembers its own layers.
 */
export async function openCandidatePool(
  setup: CandidateSetup,
  { signal, ...options }: CandidatePoolOptions,
): Promise<CandidatePool> {
  const pool = await openPool(task, setup, { ...options, chunkItems: 1 });
  return {
    evaluateCandidates: (tasks) => pool.run(tasks, signal === undefined ? {} : { signal }),
    close: () => pool.close(),
  };
}
