import { buildAccelerator } from '../../../accelerator/build.ts';
import type { Technology } from '../../../accelerator/technology.ts';
import { RunningCutoff } from '../../../search/accelerator/running-cutoff.ts';
import type { CandidateResult, CandidateTask, EvaluationCounters } from '../../../search/ports.ts';
import type { CandidatePool, CandidatePoolOptions } from '../candidate-pool.ts';
import { openWorkSource } from '../work-source.ts';
import {
  onAccelerator,
  type ScheduledAccelerator,
  type ScheduledScore,
  type ScheduledScoring,
  scheduledScoreSteps,
} from './scheduled-score.ts';
import { eachOf, sourcedSteps, stepCounters } from './sourced-steps.ts';

/**
 * Evaluates accelerator candidates by the best schedules of their networks ({@link scheduledScoreSteps}), the steps of each spread over threads and as many
 * candidates at a time as there are threads. Only counters, and what `EvaluationOptions` leaves open, depend on the number of workers.
 */
export async function openScheduledPool(
  { technology, ...scoring }: ScheduledScoring & { readonly technology: Technology },
  { onProgress, ...options }: CandidatePoolOptions,
): Promise<CandidatePool> {
  const source = await openWorkSource(options);
  /** What is known of the candidates of the last call, which may come again under a higher cutoff. By trial: what a run has met before must not matter. */
  let known = new Map<number, ScheduledAccelerator | { readonly reason: string }>();

  async function evaluate(task: CandidateTask, running: RunningCutoff): Promise<CandidateResult> {
    const { trial } = task;
    const on = known.get(trial) ?? onAccelerator(scoring, buildAccelerator(task.specification, technology));
    known.set(trial, on);
    if ('reason' in on) return { outcome: 'unmappable', trial, reason: on.reason, counters: stepCounters([]) };
    const steps = scheduledScoreSteps(scoring, on, task, () => running.below(task.cutoff));
    const { answer, results } = await sourcedSteps(steps, source);
    const result = resultOf(trial, answer, stepCounters(results));
    if (result.outcome === 'scored') running.add(result.score);
    return result;
  }

  return {
    evaluateCandidates: async (tasks, { keep } = {}) => {
      known = new Map(tasks.flatMap(({ trial }) => (known.has(trial) ? [[trial, known.get(trial)!]] : [])));
      const running = new RunningCutoff(keep);
      onProgress?.(0, tasks.length);
      return eachOf(
        tasks,
        options.workers,
        (task) => evaluate(task, running),
        (done) => onProgress?.(done, tasks.length),
      );
    },
    close: () => source.close(),
  };
}

function resultOf(trial: number, score: ScheduledScore, counters: EvaluationCounters): CandidateResult {
  switch (score.kind) {
    case 'scored':
      return { outcome: 'scored', trial, score: score.score, networks: score.networks, counters };
    case 'above':
      return { outcome: 'stopped', trial, counters };
    case 'unmappable':
      return { outcome: 'unmappable', trial, reason: score.reason, counters };
  }
}
