import { closeSync, existsSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { TrifoldError } from '../util/errors.ts';

/** Writes a new file. @throws TrifoldError `usage` when it exists (nothing is overwritten), `io` when it cannot be written */
export function writeNewFile(path: string, text: string): void {
  if (existsSync(path))
    throw new TrifoldError('usage', `${path} exists already`, { hint: 'name another file or remove this one' });
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
