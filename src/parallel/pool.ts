import { type ChunkOutcome, handleChunk, type Task, toError, toFailure, type WorkerSetup } from './task.ts';
import { openThreads, ThreadEnd } from './threads.ts';

/** How a pool works. */
export interface PoolOptions {
  /** Worker threads; >= 1. With 1 the work runs on the calling thread unless `offMainThread`. */
  readonly workers: number;
  /** Use a thread even for one worker, so that the caller (a live view) stays responsive. */
  readonly offMainThread?: boolean;
  /** Items sent to a thread at a time; default: a quarter of an equal share, at most 64. A message costs about 0.05 ms. */
  readonly chunkItems?: number;
}

/** Options of one {@link TaskPool.run}. */
export interface RunOptions<Result> {
  /** Cancels: threads at work are ended, and the call is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with every result in index order, as soon as all before it are there. */
  readonly onResult?: (result: Result, index: number) => void;
  /** Awaited before each chunk is started: a pause. */
  readonly beforeChunk?: () => Promise<void>;
  /** Called now and then while work keeps the calling thread busy, so that it can abort the signal: no timer runs then. */
  readonly poll?: (() => void) | undefined;
}

/** Threads that handle items of one kind. */
export interface TaskPool<Item, Result> {
  /**
   * Handles all items; the results in the order of the items, whatever the number of workers. One call at a time is meant.
   * Rejects with the failure of the first failing item: TrifoldError for bad input, TaskError for a defect.
   */
  run(items: readonly Item[], options?: RunOptions<Result>): Promise<Result[]>;
  /** Ends the threads; work in progress is rejected. */
  close(): Promise<void>;
}

/** Opens a pool for a task. Its threads start now. */
export async function openPool<Setup, Item, Result>(
  task: Task<Setup, Item, Result>,
  setup: Setup,
  options: PoolOptions,
): Promise<TaskPool<Item, Result>> {
  if (!Number.isSafeInteger(options.workers) || options.workers < 1)
    throw new RangeError(`a pool needs a whole number of at least one worker, not ${options.workers}`);
  const isLocal = options.workers === 1 && options.offMainThread !== true;
  const lane = isLocal
    ? localLane(task, setup)
    : await threadLanes<Item, Result>({ moduleUrl: task.moduleUrl, setup }, options.workers);
  return {
    run: (items, runOptions = {}) => runAll(task.describe, lane, items, chunkSize(items.length, options), runOptions),
    close: lane.close,
  };
}

/** Something that handles chunks, several at a time. */
interface Lanes<Item, Result> {
  /** Chunks that it handles at a time. */
  readonly count: number;
  /** Most items of a chunk. */
  readonly mostItems: number;
  handle(items: readonly Item[], options: Pick<RunOptions<Result>, 'signal' | 'poll'>): Promise<ChunkOutcome<Result>>;
  close(): Promise<void>;
}

function localLane<Setup, Item, Result>(task: Task<Setup, Item, Result>, setup: Setup): Lanes<Item, Result> {
  let handle: ReturnType<Task<Setup, Item, Result>['start']> | undefined;
  return {
    count: 1,
    // Between chunks the event loop runs, and with it whatever aborts the signal.
    mostItems: 1,
    async handle(items, { signal, poll }) {
      await new Promise((resolve) => setImmediate(resolve));
      try {
        handle ??= task.start(setup);
      } catch (error) {
        return { results: [], failure: toFailure(error) };
      }
      return handleChunk(handle, items, () => {
        poll?.();
        signal?.throwIfAborted();
      });
    },
    close: async () => undefined,
  };
}

async function threadLanes<Item, Result>(setup: WorkerSetup, workers: number): Promise<Lanes<Item, Result>> {
  const threads = await openThreads<readonly Item[], ChunkOutcome<Result>>(setup, workers);
  return {
    count: workers,
    mostItems: Number.POSITIVE_INFINITY,
    handle: (items, { signal }) => handleAgain((part) => threads.run(part, signal), items),
    close: threads.close,
  };
}

/**
 * Handles a chunk on a thread. One that ends takes what it was at with it, through no fault of most items: each is done again on its own, so that the
 * one whose thread ends a second time is known.
 */
async function handleAgain<Item, Result>(
  handle: (items: readonly Item[]) => Promise<ChunkOutcome<Result>>,
  items: readonly Item[],
): Promise<ChunkOutcome<Result>> {
  try {
    return await handle(items);
  } catch (error) {
    if (!(error instanceof ThreadEnd)) throw error;
  }
  const results: Result[] = [];
  for (const item of items) {
    try {
      const outcome = await handle([item]);
      results.push(...outcome.results);
      if (outcome.failure !== null) return { results, failure: outcome.failure };
    } catch (error) {
      if (!(error instanceof ThreadEnd)) throw error;
      return { results, failure: toFailure(error.asTrifoldError()) };
    }
  }
  return { results, failure: null };
}

function chunkSize(items: number, { workers, chunkItems }: PoolOptions): number {
  return chunkItems ?? Math.max(1, Math.min(64, Math.floor(items / (4 * workers))));
}

/** Every lane takes the next chunk when it is free; after a failure no further chunk is started, but those before it finish. */
async function runAll<Item, Result>(
  describe: (item: Item) => string,
  lanes: Lanes<Item, Result>,
  items: readonly Item[],
  wantedChunk: number,
  { signal, onResult, beforeChunk, poll }: RunOptions<Result>,
): Promise<Result[]> {
  const chunk = Math.min(wantedChunk, lanes.mostItems);
  const results: Result[] = new Array(items.length);
  const isDone: boolean[] = new Array(items.length).fill(false);
  let next = 0;
  let reported = 0;
  let failure: { item: number; error: Error } | undefined;
  const fail = (item: number, error: Error) => {
    if (failure === undefined || item < failure.item) failure = { item, error };
  };

  async function work(): Promise<void> {
    try {
      await takeChunks();
    } catch (error) {
      next = items.length;
      throw error;
    }
  }

  async function takeChunks(): Promise<void> {
    while (next < items.length && failure === undefined) {
      await beforeChunk?.();
      signal?.throwIfAborted();
      if (next >= items.length || failure !== undefined) break;
      const first = next;
      const part = items.slice(first, first + chunk);
      next += part.length;
      const outcome = await handle(part, first);
      signal?.throwIfAborted();
      outcome.results.forEach((result, i) => {
        results[first + i] = result;
        isDone[first + i] = true;
      });
      const failed = first + outcome.results.length;
      if (outcome.failure !== null) fail(failed, toError(failed, describe(items[failed]!), outcome.failure));
      while (onResult !== undefined && isDone[reported] === true) onResult(results[reported]!, reported++);
    }
  }

  async function handle(part: readonly Item[], first: number): Promise<ChunkOutcome<Result>> {
    try {
      return await lanes.handle(part, { ...(signal === undefined ? {} : { signal }), poll });
    } catch (error) {
      signal?.throwIfAborted();
      const last = part.length > 1 ? ` to ${describe(part[part.length - 1]!)}` : '';
      fail(first, toError(first, `${describe(part[0]!)}${last}`, toFailure(error)));
      return { results: [], failure: null };
    }
  }

  const settled = await Promise.allSettled(Array.from({ length: lanes.count }, work));
  signal?.throwIfAborted();
  const broken = settled.find((one) => one.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  if (failure !== undefined) throw failure.error;
  return results;
}
