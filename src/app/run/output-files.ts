import { closeSync, existsSync, openSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { TrifoldError } from '../../util/errors.ts';

/**
 * Refuses a file that cannot be written as a new one: to be asked before long work.
 * @throws TrifoldError `usage` when it exists (nothing is overwritten), `io` when its folder does not
 */
export function refuseExisting(path: string): void {
  if (existsSync(path))
    throw new TrifoldError('usage', `${path} exists already`, { hint: 'name another file or remove this one' });
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new TrifoldError('io', `cannot write ${path}: there is no folder ${folder}`, {
      hint: 'create the folder, or name a file in another one',
    });
}

/** Writes a new file. @throws TrifoldError `usage` when it exists (nothing is overwritten), `io` when it cannot be written */
export function writeNewFile(path: string, text: string): void {
  refuseExisting(path);
  try {
    const file = openSync(path, 'wx');
    writeSync(file, text);
    closeSync(file);
  } catch (error) {
    throw new TrifoldError('io', `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Writes a file that belongs to a run, replacing the one of before at once. @throws TrifoldError `io` when it cannot be written */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    throw new TrifoldError('io', `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
