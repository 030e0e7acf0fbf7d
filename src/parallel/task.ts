import { type ErrorCode, type ErrorDetails, TrifoldError } from '../util/errors.ts';

/**
 * A kind of work for a pool. Its module exports it as `task` and is loaded by every worker thread. Setup, items and
 * results are plain data (they are copied between threads), and a result depends on setup and item alone, never on the
 * items before it: a handler may remember results to be faster, not to answer differently.
 */
export interface Task<Setup, Item, Result> {
  /** The `import.meta.url` of the module. */
  readonly moduleUrl: string;
  /**
   * Prepares a thread and returns what handles one item. On the calling thread it is given a `poll` to call now and then: what that throws ends the
   * work. Other threads are ended from outside.
   */
  readonly start: (setup: Setup) => (item: Item, poll?: () => void) => Result;
  /** Names an item in error messages. */
  readonly describe: (item: Item) => string;
}

/** The setup of a worker thread. */
export interface WorkerSetup {
  readonly moduleUrl: string;
  readonly setup: unknown;
}

/** Why an item failed, as plain data. */
export interface TaskFailure {
  readonly message: string;
  readonly stack: string | null;
  /** Present when the handler threw a TrifoldError. */
  readonly trifold: { readonly code: ErrorCode; readonly details: ErrorDetails } | null;
}

/** Outcome of a chunk of items: the results up to the first failure. */
export interface ChunkOutcome<Result> {
  readonly results: Result[];
  /** Failure of the item after the last result; null when there is none. */
  readonly failure: TaskFailure | null;
}

/** Handles items one after the other up to the first failure. */
export function handleChunk<Item, Result>(
  handle: (item: Item, poll?: () => void) => Result,
  items: readonly Item[],
  poll?: () => void,
): ChunkOutcome<Result> {
  const results: Result[] = [];
  for (const item of items) {
    try {
      results.push(handle(item, poll));
    } catch (error) {
      return { results, failure: toFailure(error) };
    }
  }
  return { results, failure: null };
}

/** An error as plain data. */
export function toFailure(error: unknown): TaskFailure {
  return {
    message: error instanceof TrifoldError ? error.headline : error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? (error.stack ?? null) : null,
    trifold: error instanceof TrifoldError ? { code: error.code, details: error.details } : null,
  };
}

/** An item that could not be handled because of a defect, not of bad input: those are TrifoldErrors. */
export class TaskError extends Error {
  /** Index of the item in the call of `run`; the first of the chunk when a whole thread failed. */
  readonly item: number;
  /** Stack of the error where it was thrown; null when a thread ended. */
  readonly workerStack: string | null;

  constructor(item: number, itemName: string, failure: TaskFailure) {
    super(`${itemName}: ${failure.message}`);
    this.name = 'TaskError';
    this.item = item;
    this.workerStack = failure.stack;
  }
}

/** The error to throw for a failed item: a TrifoldError stays one, with the item's name before its message. */
export function toError(item: number, itemName: string, failure: TaskFailure): Error {
  return failure.trifold === null
    ? new TaskError(item, itemName, failure)
    : new TrifoldError(failure.trifold.code, `${itemName}: ${failure.message}`, failure.trifold.details);
}
