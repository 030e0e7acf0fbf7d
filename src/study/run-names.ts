import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createNamedFolder } from './create-folder.ts';
import { ioError, systemCode } from './file-operations.ts';

/**
 * Creates the empty folder `root/<base>-<n>` with n one above the largest there is, from 1, and returns its path. Two
 * processes never get the same one. Characters of `base` that are awkward in file names become dashes, and a long one is cut.
 * @throws TrifoldError `io`
 */
export function nextRunName(root: string, base: string): string {
  const stem =
    base
      .replace(/[^A-Za-z0-9._]+/g, '-')
      .slice(0, 150)
      .replace(/^[-.]+|[-.]+$/g, '') || 'run';
  try {
    createNamedFolder(root);
    for (let n = largestNumber(root, stem) + 1; ; n++) {
      const directory = join(root, `${stem}-${n}`);
      try {
        mkdirSync(directory);
        return directory;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw ioError('create a run folder in', root, error);
  }
}

function largestNumber(root: string, stem: string): number {
  let largest = 0;
  for (const name of readdirSync(root)) {
    const number = name.startsWith(`${stem}-`) ? name.slice(stem.length + 1) : '';
    if (/^[1-9]\d{0,8}$/.test(number)) largest = Math.max(largest, Number(number));
  }
  return largest;
}
