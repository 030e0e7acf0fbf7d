import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { RunLimits } from '../../../src/app/run/limits.ts';
import type { RunListener } from '../../../src/app/run/listener.ts';
import type { Random } from '../../../src/util/random.ts';
import { freshFolder, listener, results } from '../run-folders.ts';

/** A run of some kind that is small enough to be done again and again. */
export interface InterruptedKind {
  readonly name: string;
  readonly limits: Partial<RunLimits>;
  readonly start: (
    directory: string,
    limits: Partial<RunLimits>,
    to: RunListener,
  ) => Promise<{ readonly json: unknown }>;
  readonly resume: (
    directory: string,
    limits: Partial<RunLimits>,
    to: RunListener,
  ) => Promise<{ readonly json: unknown }>;
}

/** What a run leaves that no interruption may change. */
export interface Left {
  readonly files: Readonly<Record<string, string>>;
  /** Events of the journal, but for those of the process alone; without counters, which depend on the number of threads. */
  readonly journal: readonly object[];
}

/** A run that never stopped, with how much can be counted in it. */
export interface WholeRun extends Left {
  /** Of those that {@link Left.journal} holds. */
  readonly events: number;
  readonly looks: number;
}

/** Whether an event tells times, pauses, or what a process begins with (a resumed one says so again). */
function isOfProcess({ kind, text }: { readonly kind: string; readonly text?: string }): boolean {
  return kind === 'progress' || kind === 'paused' || (kind === 'note' && text?.startsWith('now ') === true);
}

/** Reads what a run left. */
export function leftBy(directory: string): Left {
  const lines = readFileSync(join(directory, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
  const uncounted = (key: string, value: unknown) => (key === 'counters' ? undefined : value);
  const events = lines.map((line) => JSON.parse(line, uncounted));
  return { files: results(directory), journal: events.filter((event) => !isOfProcess(event)) };
}

/** Runs a kind without interruption. */
export async function wholeRun(kind: InterruptedKind): Promise<WholeRun> {
  const directory = freshFolder();
  let [events, looks] = [0, 0];
  const to = listener(
    (event) => {
      if (!isOfProcess(event)) events++;
    },
    () => {
      looks++;
      return false;
    },
  );
  await kind.start(directory, kind.limits, to);
  return { ...leftBy(directory), events, looks };
}

/** How a run is stopped. */
export type Interruption = 'abort at a look' | 'abort at an event' | 'kill at an event' | 'death of threads';

/**
 * Runs a kind with an interruption at a random moment, resumes it with another (in the replay of its journal, too), and ends it.
 * @returns what it left, and how many interruptions came before its end
 */
export async function interruptedRun(
  kind: InterruptedKind,
  whole: WholeRun,
  how: Interruption,
  random: Random,
): Promise<Left & { readonly stops: number }> {
  let directory = freshFolder();
  let stops = 0;
  for (let attempt = 0; attempt < 2; attempt++) {
    const go = attempt === 0 ? kind.start : kind.resume;
    const at = 1 + random.nextInt(how === 'abort at a look' ? whole.looks : whole.events);
    let [events, looks, isKilled] = [0, 0, false];
    const copy = freshFolder();
    const to: RunListener = {
      onEvent: (event) => {
        if (!isOfProcess(event)) events++;
        if (how !== 'kill at an event' || events !== at || isKilled) return;
        // What is on disk now is what a process leaves that is killed now.
        cpSync(directory, copy, { recursive: true });
        isKilled = true;
      },
      isInterrupted: () => {
        looks++;
        return how === 'abort at a look' ? looks >= at : how === 'abort at an event' ? events >= at : isKilled;
      },
    };
    const limits = how === 'death of threads' ? { ...kind.limits, workers: 2 } : kind.limits;
    const release = how === 'death of threads' ? endThreads(random) : () => 0;
    const { json } = await go(directory, limits, to);
    stops += release();
    if (isKilled) directory = copy;
    else if (json !== null) break;
    if (how !== 'death of threads') stops++;
  }
  if (!existsSync(join(directory, 'summary.json'))) await kind.resume(directory, kind.limits, listener());
  return { ...leftBy(directory), stops };
}

/** Ends one thread of this process from outside, some time after it has started. @returns what stops that and says how many ended so */
function endThreads(random: Random): () => number {
  let ended = 0;
  const onThread = (thread: Worker): void => {
    const delayMs = random.nextUnit() ** 2 * 400;
    setTimeout(() => {
      if (ended++ === 0) void thread.terminate();
    }, delayMs).unref();
  };
  process.on('worker', onThread);
  return () => {
    process.off('worker', onThread);
    return Math.min(ended, 1);
  };
}
