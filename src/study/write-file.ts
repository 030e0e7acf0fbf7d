import { randomBytes } from 'node:crypto';
import { constants, lstatSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { TrifoldError } from '../util/errors.ts';
import { type FileOperations, ioError, removeIfThere, syncFolder, systemCode, writeFully } from './file-operations.ts';
import { holdingSignals } from './held-signals.ts';
import { kindOf } from './read-file.ts';

const TEMPORARY = /^\.trifold-[0-9a-f]{24}\.tmp$/;

/**
 * Path for a file that is being written beside `path`. Nobody can foresee it, so no two processes share it and nobody can be there before;
 * it is short, so that it fits wherever `path` does.
 */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.trifold-${randomBytes(12).toString('hex')}.tmp`);
}

/** Opens a file that nothing stands in place of, no link either. @throws the system's error */
export function openNew(files: FileOperations, path: string, mode = 0o666): number {
  const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;
  return files.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

/** A file and all that is to be in it. */
export interface WholeFile {
  readonly path: string;
  readonly text: string | Uint8Array;
}

/** What becomes of a file that is there already: the new one takes its place (default), or the new one is refused. */
export interface WriteOptions {
  readonly existing?: 'replaced' | 'refused';
  /** Hint where the system refuses, instead of one about run folders. */
  readonly advice?: string;
}

/**
 * Writes files so that a reader, or a restart after a crash, sees each as it was or whole, never a part: temporary file, fsync, rename,
 * fsync of the folder. None changes before all are written. Links are never followed; a replaced file hands on its permissions.
 * When it fails nothing is left but files that are whole.
 * @throws TrifoldError `io` (`usage` for a file that is refused), also for what is no regular file
 */
export function writeWholeFiles(
  files: FileOperations,
  contents: readonly WholeFile[],
  options: WriteOptions = {},
): void {
  holdingSignals(() => writeAll(files, contents, options));
}

function writeAll(
  files: FileOperations,
  contents: readonly WholeFile[],
  { existing = 'replaced', advice }: WriteOptions,
): void {
  const temporaries = new Map<string, string>();
  let current = '';
  try {
    const modes = contents.map(({ path }) => modeOf(path, existing));
    for (const [i, { path, text }] of contents.entries()) {
      current = path;
      const temporary = temporaryPath(path);
      const mode = modes[i] ?? null;
      const descriptor = openNew(files, temporary, mode ?? 0o666);
      temporaries.set(path, temporary);
      fillAndClose(files, descriptor, typeof text === 'string' ? Buffer.from(text) : text, mode);
    }
    for (const [path, temporary] of temporaries) {
      current = path;
      if (existing === 'replaced') files.renameSync(temporary, path);
      else putWhereNothingIs(files, temporary, path);
    }
    for (const folder of new Set(contents.map(({ path }) => dirname(path)))) syncFolder(files, folder);
  } catch (error) {
    for (const temporary of temporaries.values()) removeIfThere(files, temporary);
    throw ioError('write', current, error, advice);
  }
}

/** {@link writeWholeFiles} of one. */
export function writeWholeFile(
  files: FileOperations,
  path: string,
  text: string | Uint8Array,
  options?: WriteOptions,
): void {
  writeWholeFiles(files, [{ path, text }], options);
}

/** Writes an empty file beside `path` and removes it. @throws TrifoldError `io` where none can be written */
export function tryWriting(files: FileOperations, path: string, advice: string): void {
  const temporary = temporaryPath(path);
  try {
    holdingSignals(() => {
      files.closeSync(openNew(files, temporary));
      files.unlinkSync(temporary);
    });
  } catch (error) {
    throw ioError('write', path, error, advice);
  }
}

/** What there is at a path, a link itself; undefined for nothing. @throws TrifoldError `io` where nothing can have the name */
export function statEntry(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw ioError('look at', path, error, 'check the path');
  }
}

/** The error for a file that a new one would not replace. */
export function existsAlready(path: string): TrifoldError {
  return new TrifoldError('usage', `${path} exists already`, {
    hint: 'name another file, or overwrite this one with --force',
  });
}

/** Permissions of the file that is replaced; null for none. @throws TrifoldError for what a file does not replace */
function modeOf(path: string, existing: WriteOptions['existing']): number | null {
  const known = statEntry(path);
  if (known === undefined) return null;
  if (!known.isFile())
    throw new TrifoldError('io', `cannot write ${path}: it is ${kindOf(known)}`, {
      place: { file: path },
      hint: 'move it away, or name another file',
    });
  if (existing === 'refused') throw existsAlready(path);
  return known.mode & 0o777;
}

function fillAndClose(files: FileOperations, descriptor: number, bytes: Uint8Array, mode: number | null): void {
  try {
    if (mode !== null) keepMode(files, descriptor, mode);
    writeFully(files, descriptor, bytes);
    files.fsyncSync(descriptor);
  } catch (error) {
    try {
      files.closeSync(descriptor);
    } catch {
      // The first failure is the one to tell.
    }
    throw error;
  }
  // Some file systems tell only here that the disk is full.
  files.closeSync(descriptor);
}

/** File systems without permissions refuse them. */
function keepMode(files: FileOperations, descriptor: number, mode: number): void {
  try {
    files.fchmodSync(descriptor, mode);
  } catch (error) {
    if (systemCode(error) !== 'EPERM' && systemCode(error) !== 'ENOSYS') throw error;
  }
}

/** Gives a file its name unless something has it: of two processes that try, one succeeds. */
function putWhereNothingIs(files: FileOperations, temporary: string, path: string): void {
  try {
    files.linkSync(temporary, path);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' || (NO_HARD_LINKS.has(code) && statEntry(path) !== undefined)) throw existsAlready(path);
    if (!NO_HARD_LINKS.has(code)) throw error;
    files.renameSync(temporary, path);
    return;
  }
  files.unlinkSync(temporary);
}

/** Error codes of file systems without hard links. */
export const NO_HARD_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** Whether a name is one of {@link temporaryPath}, or of those of older versions. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name) || name.endsWith('.trifold-tmp');
}

/** Removes what an interrupted {@link writeWholeFiles} left in a folder that nobody else writes. */
export function removeTemporaries(files: FileOperations, folder: string): void {
  for (const name of readdirSync(folder)) if (isTemporary(name)) removeIfThere(files, join(folder, name));
}

/** Milliseconds after which nobody still writes a file. */
const ABANDONED_MS = 600_000;

/** Removes what processes that were killed left in a folder where others may be writing; what cannot be removed is left. */
export function removeAbandoned(files: FileOperations, folder: string, nowMs: number): void {
  try {
    for (const name of readdirSync(folder)) {
      if (!TEMPORARY.test(name)) continue;
      const known = statEntry(join(folder, name));
      if (known?.isFile() === true && nowMs - known.mtimeMs > ABANDONED_MS) removeIfThere(files, join(folder, name));
    }
  } catch {
    // Whoever writes there is told what is wrong with the folder.
  }
}
