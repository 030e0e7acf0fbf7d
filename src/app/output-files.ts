import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
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
