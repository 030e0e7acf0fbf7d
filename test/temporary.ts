import { accessSync, constants, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The temporary folder of all tests of a run and of the processes that they start. */
export const TEMPORARY = join(inMemory() ?? tmpdir(), `trifold-tests-${process.pid}`);

/** Makes the folder, before all tests. */
export function setup(): void {
  mkdirSync(TEMPORARY, { recursive: true });
}

/** Removes it after them with all that they, and processes that were killed, left in it. */
export function teardown(): void {
  rmSync(TEMPORARY, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** A file system in memory with ample room: run folders are made lasting at every checkpoint, which costs nothing there. */
function inMemory(): string | null {
  const shared = '/dev/shm';
  try {
    accessSync(shared, constants.W_OK);
    const { bavail, bsize } = statfsSync(shared);
    return bavail * bsize > 2 * 2 ** 30 ? shared : null;
  } catch {
    return null;
  }
}
