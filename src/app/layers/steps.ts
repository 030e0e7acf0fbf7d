import type { LayerPool } from './layer-pool.ts';
import type { LayerWork, LayerWorkResult } from './layer-work.ts';

/** A computation that maps layers now and then: it yields work, is given its results in the same order, and returns an answer. */
export type LayerSteps<Answer> = Generator<readonly LayerWork[], Answer, readonly LayerWorkResult[]>;

/** Runs steps to their end. */
export async function runSteps<Answer>(steps: LayerSteps<Answer>, pool: LayerPool): Promise<Answer> {
  let step = steps.next();
  while (step.done !== true) step = steps.next(await pool.map(step.value));
  return step.value;
}

/** Pieces of work per thread that are asked for at a time. */
const WORK_PER_THREAD = 4;

/**
 * Runs many computations, as many at a time as keep the threads of a pool busy; on a single thread one after the other. Answers do not depend on it.
 * @param onAnswer told in order, each as soon as it and those before it are there
 */
export async function runStepsTogether<Answer>(
  all: readonly LayerSteps<Answer>[],
  pool: LayerPool,
  onAnswer: (answer: Answer, index: number) => void = () => {},
): Promise<Answer[]> {
  const answers: { readonly answer: Answer }[] = [];
  let reported = 0;
  let next = 0;
  let running: { readonly index: number; readonly work: readonly LayerWork[] }[] = [];
  const isBusy = () =>
    pool.workers === 1
      ? running.length > 0
      : running.reduce((sum, { work }) => sum + work.length, 0) >= WORK_PER_THREAD * pool.workers;
  const advance = (index: number, results: readonly LayerWorkResult[] | null): void => {
    const step = results === null ? all[index]!.next() : all[index]!.next(results);
    if (step.done === true) answers[index] = { answer: step.value };
    else running.push({ index, work: step.value });
  };
  const report = (): void => {
    for (let one = answers[reported]; one !== undefined; one = answers[reported]) onAnswer(one.answer, reported++);
  };
  for (;;) {
    while (next < all.length && !isBusy()) advance(next++, null);
    report();
    if (running.length === 0) break;
    const round = running;
    running = [];
    const results = await pool.map(round.flatMap(({ work }) => work));
    let from = 0;
    for (const { index, work } of round) {
      advance(index, results.slice(from, from + work.length));
      from += work.length;
    }
  }
  return answers.map(({ answer }) => answer);
}
