import { workerData } from 'piscina';
import { type ChunkOutcome, handleChunk, type Task, toFailure, type WorkerSetup } from './task.ts';

let handler: Promise<(item: unknown) => unknown> | undefined;

/** Entry of a worker thread: handles a chunk of items with the task that the thread was set up for. */
export async function runChunk(items: readonly unknown[]): Promise<ChunkOutcome<unknown>> {
  handler ??= startTask(workerData);
  try {
    return handleChunk(await handler, items);
  } catch (error) {
    return { results: [], failure: toFailure(error) };
  }
}

async function startTask({ moduleUrl, setup }: WorkerSetup): Promise<(item: unknown) => unknown> {
  const { task }: { task: Task<unknown, unknown, unknown> } = await import(moduleUrl);
  return task.start(setup);
}
