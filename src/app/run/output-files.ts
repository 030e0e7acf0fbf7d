import { closeSync, existsSync, openSync, renameSync, type Stats, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { TrifoldError } from '../../util/errors.ts';

/** A file that could not be written, with what was to be in it. */
export interface UnwrittenFile {
  readonly path: string;
  readonly text: string;
  readonly error: TrifoldError;
}

/**
 * Refuses a file that cannot be written as a new one: to be asked before long work. It tries, and leaves nothing behind.
 * @param isForced whether a file that exists is overwritten
 * @param inputs options of the command, some of them files: those are never overwritten
 * @throws TrifoldError `usage` when it exists, is an input or no regular file, `io` when it cannot be written
 */
export function refuseUnwritable(path: string, isForced: boolean, inputs: object = {}): void {
  const known = statOf(path);
  if (known?.isDirectory() === true)
    throw new TrifoldError('usage', `${path} is a folder, not a file`, { hint: 'name a file in it' });
  if (known !== undefined && !known.isFile())
    throw new TrifoldError('usage', `${path} is no regular file`, { hint: 'name another file' });
  if (known !== undefined && !isForced)
    throw new TrifoldError('usage', `${path} exists already`, {
      hint: 'name another file, or overwrite this one with --force',
    });
  const isInput = Object.values(inputs).some((value) => typeof value === 'string' && isSameFile(statOf(value), known));
  if (isInput) throw new TrifoldError('usage', `${path} is an input of this command`, { hint: 'name another file' });
  const folder = dirname(path);
  if (statOf(folder)?.isDirectory() !== true)
    throw new TrifoldError('io', `cannot write ${path}: there is no folder ${folder}`, {
      hint: 'create the folder, or name a file in another one',
    });
  try {
    if (known !== undefined) closeSync(openSync(path, 'r+'));
    // What is written later is written beside the file first.
    const temporary = temporaryOf(path);
    closeSync(openSync(temporary, 'wx'));
    unlinkSync(temporary);
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Writes a file at once, or not at all. @param isForced whether it may exist @throws TrifoldError `usage` when it exists, `io` when it cannot be written */
export function writeOutput(path: string, text: string, isForced: boolean): void {
  refuseUnwritable(path, isForced);
  replaceFile(path, text);
}

/** {@link writeOutput} of what took long to compute: a failure is a value, with the text. */
export function tryWriteOutput(path: string, text: string, isForced: boolean): UnwrittenFile | null {
  try {
    writeOutput(path, text, isForced);
    return null;
  } catch (error) {
    if (error instanceof TrifoldError) return { path, text, error };
    throw error;
  }
}

/** What there is at a path; undefined for nothing, and where the system does not say: trying to write tells why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isSameFile(one: Stats | undefined, other: Stats | undefined): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

function writeError(path: string, error: unknown): TrifoldError {
  return new TrifoldError('io', `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`, {
    hint: 'name another file',
  });
}

function temporaryOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Writes a file that belongs to a run, replacing the one of before at once. @throws TrifoldError `io` when it cannot be written */
export function replaceFile(path: string, text: string): void {
  const temporary = temporaryOf(path);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    if (existsSync(temporary)) unlinkSync(temporary);
    throw writeError(path, error);
  }
}
