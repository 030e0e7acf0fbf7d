import { closeSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ioError, NODE_FILES, openOwn } from '../../study/file-operations.ts';
import { kindOf } from '../../study/read-file.ts';
import { RUN_FILES } from '../../study/run-files.ts';
import { existsAlready, removeAbandoned, statEntry, tryWriting, writeWholeFile } from '../../study/write-file.ts';
import { TrifoldError } from '../../util/errors.ts';

/** A file that could not be written, with what was to be in it. */
export interface UnwrittenFile {
  readonly path: string;
  readonly text: string;
  readonly error: TrifoldError;
}

/** Under which circumstances a file is written. */
export interface OutputPlace {
  /** Whether a file that exists is overwritten. */
  readonly isForced: boolean;
  /** Options of the command, some of them files, after `=` or alone: those are never overwritten. */
  readonly inputs?: object;
  /** Folder of the run of the same command: it belongs to the run alone. */
  readonly runFolder?: string | undefined;
}

const ANOTHER = { hint: 'name another file' };

/**
 * Refuses a file that cannot be written as a whole: to be asked before long work. It tries, and leaves nothing behind.
 * @throws TrifoldError `usage` when it exists, is an input, of a run or no regular file, `io` when it cannot be written
 */
export function refuseUnwritable(path: string, { isForced, inputs = {}, runFolder }: OutputPlace): void {
  if (path === '' || path.endsWith('/') || path.endsWith(sep))
    throw new TrifoldError('usage', `'${path}' names no file`, ANOTHER);
  const folder = dirname(path);
  if (statOf(folder)?.isDirectory() !== true)
    throw new TrifoldError('io', `cannot write ${path}: there is no folder ${folder}`, {
      hint: 'create the folder, or name a file in another one',
    });
  const known = statEntry(path);
  if (known?.isDirectory() === true)
    throw new TrifoldError('usage', `${path} is a folder, not a file`, { hint: 'name a file in it' });
  if (known?.isSymbolicLink() === true)
    throw new TrifoldError('usage', `${path} is a symbolic link, which is not followed`, {
      hint: 'name the file itself, or remove the link',
    });
  if (known !== undefined && !known.isFile())
    throw new TrifoldError('usage', `${path} is ${kindOf(known)}, not a regular file`, ANOTHER);
  if (known !== undefined && !isForced) throw existsAlready(path);
  if (known !== undefined && inputFiles(inputs).some((file) => isSameFile(statOf(file), known)))
    throw new TrifoldError('usage', `${path} is an input of this command`, ANOTHER);
  refuseInRun(path, runFolder);
  try {
    if (known !== undefined) closeSync(openOwn(NODE_FILES, path, 'change'));
  } catch (error) {
    throw ioError('write', path, error, OUTPUT_ADVICE);
  }
  tryWriting(NODE_FILES, path, OUTPUT_ADVICE);
}

/** Why a new file could not be written; null where it can. */
export function unwritable(path: string): TrifoldError | null {
  try {
    refuseUnwritable(path, { isForced: false });
    return null;
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
}

/** Writes a file at once, or not at all. @throws TrifoldError `usage` when it exists and may not, `io` when it cannot be written */
export function writeOutput(path: string, text: string, isForced: boolean): void {
  refuseUnwritable(path, { isForced });
  removeAbandoned(NODE_FILES, dirname(path), Date.now());
  writeWholeFile(NODE_FILES, path, text, { existing: isForced ? 'replaced' : 'refused', advice: OUTPUT_ADVICE });
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

/** Hint where a file that the user names cannot be written. */
export const OUTPUT_ADVICE = 'make room or get permission there, or name another place';

/** The folder of the run keeps the same under names of its own, and is cleared with --force; files of other runs are what they are. */
function refuseInRun(path: string, runFolder: string | undefined): void {
  if (runFolder !== undefined && (isWithin(path, runFolder) || isWithin(runFolder, path)))
    throw new TrifoldError('usage', `${path} lies in ${runFolder}, the folder of the run`, {
      hint: 'the run keeps its results there by itself: name a file elsewhere',
    });
  const isOfRun = Object.values<string>(RUN_FILES).includes(basename(path));
  if (isOfRun && statEntry(join(dirname(path), RUN_FILES.description)) !== undefined)
    throw new TrifoldError('usage', `${path} is a file of a run`, ANOTHER);
}

/**
 * Refuses to clear a folder with files that the same command reads.
 * @param inputs options of the command, some of them files @throws TrifoldError `usage`
 */
export function refuseInputsIn(folder: string, inputs: object): void {
  const file = inputFiles(inputs).find((name) => statOf(name)?.isFile() === true && isWithin(name, folder));
  if (file === undefined) return;
  throw new TrifoldError('usage', `${file} is an input of this command: ${folder} cannot be replaced`, {
    hint: 'copy the file elsewhere, or choose another folder with --out',
  });
}

/** Whether a path is a folder, or lies in it, whatever links lead there. */
function isWithin(path: string, folder: string): boolean {
  const [name = ''] = relative(realPath(folder), realPath(path)).split(sep);
  return name !== '..' && !isAbsolute(name);
}

/** An absolute path without links, as far as it exists. */
function realPath(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    return dirname(full) === full ? full : join(realPath(dirname(full)), basename(full));
  }
}

/** Texts among options that may name files, also those behind `KIND=`. */
function inputFiles(value: unknown): string[] {
  if (typeof value === 'string') return [value, value.slice(value.indexOf('=') + 1)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(inputFiles) : [];
}

/** What a path leads to; undefined for nothing, and where the system does not say: trying to write tells why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isSameFile(one: Stats | undefined, other: Stats): boolean {
  return one !== undefined && one.dev === other.dev && one.ino === other.ino;
}
