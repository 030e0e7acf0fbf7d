import type { EvaluationCounters } from '../../../search/ports.ts';
import type { LayerWorkResult } from '../layer-work.ts';
import type { LayerSteps } from '../steps.ts';
import type { SourcedResult, WorkSource } from '../work-source.ts';

/** An answer, and what was done for it. */
export interface SourcedAnswer<Answer> {
  readonly answer: Answer;
  readonly results: readonly SourcedResult[];
}

/** Runs steps to their end, all the work of a round at a time. @param signal ends it: rejected with its reason */
export async function sourcedSteps<Answer>(
  steps: LayerSteps<Answer>,
  source: WorkSource,
  signal?: AbortSignal,
): Promise<SourcedAnswer<Answer>> {
  const results: SourcedResult[] = [];
  let step = steps.next();
  while (step.done !== true) {
    const round = await source.resultsOf(step.value, signal);
    results.push(...round);
    step = steps.next(round.map(({ result }) => result));
  }
  return { answer: step.value, results };
}

/** Does tasks in their order, so many at a time; the first error ends it once nothing runs any more. */
export async function eachOf<Task, Result>(
  tasks: readonly Task[],
  atATime: number,
  run: (task: Task) => Promise<Result>,
  onDone: (done: number) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  let begun = 0;
  let done = 0;
  let hasFailed = false;
  const thread = async (): Promise<void> => {
    while (begun < tasks.length && !hasFailed) {
      const index = begun++;
      try {
        results[index] = await run(tasks[index]!);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
      onDone(++done);
    }
  };
  for (const one of await Promise.allSettled(Array.from({ length: atATime }, thread)))
    if (one.status === 'rejected') throw one.reason;
  return results;
}

/** Searches of steps as the work of a candidate. */
export function stepCounters(results: readonly SourcedResult[]): EvaluationCounters {
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
