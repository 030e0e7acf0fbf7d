import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { WorkerSetup } from '../../src/parallel/task.ts';
import { openThreads as openSourceThreads, ThreadEnd, type Threads } from '../../src/parallel/threads.ts';
import { DIST, isBuilt } from './built.ts';

export { ThreadEnd };

const SRC = resolve(import.meta.dirname, '../../src');

/**
 * In tests, what `src/parallel/pool.ts` opens its threads with: threads that run a task of the package load it as it was compiled, which costs less
 * than half of loading TypeScript. Without a build that is newer than all sources, and for tasks of tests, they load TypeScript.
 */
export async function openThreads<Input, Output>(setup: WorkerSetup, workers: number): Promise<Threads<Input, Output>> {
  const compiled = compiledUrl(setup.moduleUrl);
  if (compiled === null) return openSourceThreads(setup, workers);
  const { openThreads: open }: { openThreads: typeof openSourceThreads } = await import(
    pathToFileURL(join(DIST, 'parallel/threads.js')).href
  );
  const threads = await open<Input, Output>({ ...setup, moduleUrl: compiled }, workers);
  return { run: (...given) => threads.run(...given).catch(rethrown), close: threads.close };
}

function compiledUrl(moduleUrl: string): string | null {
  const name = moduleUrl.startsWith('file:///') ? relative(SRC, fileURLToPath(moduleUrl)) : '..';
  if (name.startsWith('..') || !name.endsWith('.ts') || !isBuilt()) return null;
  return pathToFileURL(join(DIST, name.replace(/\.ts$/, '.js'))).href;
}

/** The compiled package has a class of its own for the same error. */
function rethrown(error: unknown): never {
  throw error instanceof Error && error.name === 'ThreadEnd' ? new ThreadEnd(error.cause) : error;
}
