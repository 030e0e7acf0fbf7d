import { existsSync, readFileSync } from 'node:fs';

/** Waits for what is to come soon. */
export async function until(isThere: () => boolean): Promise<void> {
  for (let tries = 0; !isThere(); tries++) {
    if (tries > 2000) throw new Error('it does not come');
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** Whether a process runs; one that has ended and that nobody waited for does not. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** The number that a program wrote into a file; 0 before. */
export function pidIn(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}
