import { buildAccelerator } from '../../accelerator/build.ts';
import type { Technology } from '../../accelerator/technology.ts';
import type { Network } from '../../workload/network.ts';
import type { CandidateEvaluator, CandidateResult, CandidateTask } from '../ports.ts';
import type { Factors } from './bounds.ts';
import { evaluateCandidate, type LayerMapper } from './evaluate-candidate.ts';
import { LayerMemo } from './layer-memo.ts';
import { RunningCutoff } from './running-cutoff.ts';
import { prepareNetwork } from './score.ts';

/** How to set up an evaluator. */
export interface EvaluatorOptions {
  readonly networks: readonly Network[];
  readonly technology: Technology;
  readonly mapper: LayerMapper;
  /** Factors that the mapper uses. */
  readonly factors: Factors;
  /** Accelerators whose layers are remembered; 4096 by default. */
  readonly memoCapacity?: number;
}

/** A function that evaluates one task: what a worker thread runs. */
export function taskEvaluator(options: EvaluatorOptions): (task: CandidateTask) => CandidateResult {
  const context = {
    networks: options.networks.map((network) => prepareNetwork(network)),
    mapper: options.mapper,
    factors: options.factors,
    memo: new LayerMemo(options.memoCapacity ?? 4096),
  };
  return ({ specification, ...task }) =>
    evaluateCandidate({ ...task, accelerator: buildAccelerator(specification, options.technology) }, context);
}

/** Evaluates candidates one after the other on this thread. */
export function localEvaluator(options: EvaluatorOptions): CandidateEvaluator {
  const evaluate = taskEvaluator(options);
  return {
    evaluateCandidates: async (tasks, { keep } = {}) => {
      const running = new RunningCutoff(keep);
      return tasks.map((task) => {
        const result = evaluate({ ...task, cutoff: running.below(task.cutoff) });
        if (result.outcome === 'scored') running.add(result.score);
        return result;
      });
    },
  };
}
