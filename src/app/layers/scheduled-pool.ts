import { buildAccelerator } from '../../accelerator/build.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { RunningCutoff } from '../../search/accelerator/running-cutoff.ts';
import type { CandidateResult, CandidateTask, EvaluationCounters } from '../../search/ports.ts';
import type { CandidatePool, CandidatePoolOptions } from './candidate-pool.ts';
import type { LayerWorkResult } from './layer-work.ts';
import {
  onAccelerator,
  type ScheduledAccelerator,
  type ScheduledScore,
  type ScheduledScoring,
  scheduledScoreSteps,
} from './scheduled-score.ts';
import { openWorkSource, type SourcedResult } from './work-source.ts';

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
    if ('reason' in on) return { outcome: 'unmappable', trial, reason: on.reason, counters: counted([]) };
    const results: SourcedResult[] = [];
    const steps = scheduledScoreSteps(scoring, on, task, () => running.below(task.cutoff));
    let step = steps.next();
    while (step.done !== true) {
      const round = await Promise.all(step.value.map((work) => source.resultOf(work)));
      results.push(...round);
      step = steps.next(round.map(({ result }) => result));
    }
    const result = resultOf(trial, step.value, counted(results));
    if (result.outcome === 'scored') running.add(result.score);
    return result;
  }

  return {
    evaluateCandidates: async (tasks, { keep } = {}) => {
      known = new Map(tasks.flatMap(({ trial }) => (known.has(trial) ? [[trial, known.get(trial)!]] : [])));
      const running = new RunningCutoff(keep);
      const results: CandidateResult[] = [];
      let begun = 0;
      let done = 0;
      let hasFailed = false;
      onProgress?.(0, tasks.length);
      const thread = async (): Promise<void> => {
        while (begun < tasks.length && !hasFailed) {
          const index = begun++;
          try {
            results[index] = await evaluate(tasks[index]!, running);
          } catch (error) {
            hasFailed = true;
            throw error;
          }
          onProgress?.(++done, tasks.length);
        }
      };
      for (const one of await Promise.allSettled(Array.from({ length: options.workers }, thread)))
        if (one.status === 'rejected') throw one.reason;
      return results;
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

/** The work of a candidate: searches of steps, as many as they were asked for. */
function counted(results: readonly SourcedResult[]): EvaluationCounters {
  const done = results.filter(({ isRemembered }) => !isRemembered);
  return {
    layersMapped: done.length,
    layersRemembered: results.length - done.length,
    layersSkipped: 0,
    mappingsEvaluated: done.reduce((sum, { result }) => sum + evaluationsOf(result), 0),
  };
}

function evaluationsOf(result: LayerWorkResult): number {
  return result.kind === 'mapped' ? result.layers.reduce((sum, { proof }) => sum + proof.evaluations, 0) : 0;
}
