import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { TrifoldError } from '../util/errors.ts';
import { type FileOperations, ioError, removeIfThere, systemCode, writeFully } from './file-operations.ts';
import { isCount, isObject, parseJsonBytes } from './json-text.ts';
import { FILE_LIMITS } from './read-file.ts';
import { RUN_FILES, readRunFile } from './run-files.ts';
import { NO_HARD_LINKS, openNew, temporaryPath } from './write-file.ts';

/** Who holds a run folder: the content of its lock file. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes a process from a later one with the same pid: boot and start time on Linux; empty elsewhere. */
  readonly processIdentity: string;
  readonly token: string;
}

/** Known facts of the holder of a lock. */
export type LockStatus =
  | { readonly kind: 'free' }
  /** The process runs. */
  | { readonly kind: 'held'; readonly holder: LockHolder }
  /** The process ran on another host, or the lock file cannot be read as one: it may still run. */
  | { readonly kind: 'unknown'; readonly holder: LockHolder | null }
  /** The process ended without releasing the lock. */
  | { readonly kind: 'stale'; readonly holder: LockHolder };

/** A held lock. */
export interface Lock {
  /** A dead process whose lock was taken over; null when the folder was free. */
  readonly tookOverFrom: LockHolder | null;
  /** Gives the folder free; further calls do nothing. */
  release(): void;
}

/** Tokens of the locks that this process holds: a lock with our pid and another token is from an earlier process with the same pid. */
const heldHere = new Set<string>();

/** Who holds the lock of a folder. @throws TrifoldError `io` */
export function lockStatus(directory: string): LockStatus {
  const bytes = readRunFile(join(directory, RUN_FILES.lock), FILE_LIMITS.lock);
  if (bytes === null) return { kind: 'free' };
  const holder = parseJsonBytes(bytes);
  if (!isHolder(holder)) return { kind: 'unknown', holder: null };
  if (holder.host !== hostname()) return { kind: 'unknown', holder };
  return { kind: isRunning(holder) ? 'held' : 'stale', holder };
}

/**
 * Takes the lock of a folder for this process. The lock of a process of this host that has ended is taken over.
 * @throws TrifoldError `busy` when another process has it or may have it; `io`
 */
export function acquireLock(directory: string, files: FileOperations): Lock {
  const path = join(directory, RUN_FILES.lock);
  const own: LockHolder = {
    pid: process.pid,
    host: hostname(),
    processIdentity: processIdentity(process.pid),
    token: randomUUID(),
  };
  let tookOverFrom: LockHolder | null = null;
  try {
    if (!createLockFile(files, path, own)) {
      refuseUnlessStale(directory);
      tookOverFrom = takeOver(files, directory, own);
    }
  } catch (error) {
    throw ioError('lock', directory, error, 'make room or get permission there, then try again');
  }
  heldHere.add(own.token);
  return {
    tookOverFrom,
    release() {
      if (!heldHere.delete(own.token)) return;
      if (isStillOurs(directory, own)) removeIfThere(files, path);
    },
  };
}

/** Whether the lock is the one that we took: users may have removed it, and others have put anything there. */
function isStillOurs(directory: string, own: LockHolder): boolean {
  try {
    const status = lockStatus(directory);
    return status.kind !== 'free' && status.holder?.token === own.token;
  } catch {
    return false;
  }
}

/** Creates the lock file with its content in one step; false when there is one already. @throws the system's error */
function createLockFile(files: FileOperations, path: string, holder: LockHolder): boolean {
  const temporary = temporaryPath(path);
  try {
    writeNew(files, temporary, holder);
    try {
      files.linkSync(temporary, path);
    } catch (error) {
      if (!NO_HARD_LINKS.has(systemCode(error))) throw error;
      // There the lock file is created empty and then filled.
      writeNew(files, path, holder);
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    removeIfThere(files, temporary);
  }
}

/** Creates a file; there is none when it fails. @throws the system's error */
function writeNew(files: FileOperations, path: string, holder: LockHolder): void {
  const descriptor = openNew(files, path);
  try {
    try {
      writeFully(files, descriptor, Buffer.from(`${JSON.stringify(holder)}\n`));
    } finally {
      files.closeSync(descriptor);
    }
  } catch (error) {
    removeIfThere(files, path);
    throw error;
  }
}

/** The holder of a stale lock. @throws TrifoldError `busy` for every other lock */
function refuseUnlessStale(directory: string): LockHolder | null {
  const status = lockStatus(directory);
  if (status.kind === 'free') return null;
  if (status.kind === 'stale') return status.holder;
  const path = join(directory, RUN_FILES.lock);
  if (status.kind === 'held')
    throw new TrifoldError('busy', `the run ${directory} is in use by process ${status.holder.pid}`, {
      place: { file: path },
      hint: 'wait for it or stop it; trifold watch shows it without locking',
    });
  const who = status.holder === null ? 'an unknown process' : `process ${status.holder.pid} on ${status.holder.host}`;
  throw new TrifoldError('busy', `the run ${directory} is locked by ${who}, which may still run`, {
    place: { file: path },
    hint: `if it does not run any more, delete ${RUN_FILES.lock}`,
  });
}

/** Replaces a stale lock by `own`. Only the process that created the takeover file touches another's lock. */
function takeOver(files: FileOperations, directory: string, own: LockHolder): LockHolder | null {
  const guard = join(directory, RUN_FILES.takeover);
  try {
    files.closeSync(openNew(files, guard));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw new TrifoldError('busy', `another process is taking over the run ${directory}`, {
      place: { file: guard },
      hint: `try again; if this stays, delete ${RUN_FILES.takeover}`,
    });
  }
  try {
    const stale = refuseUnlessStale(directory);
    const path = join(directory, RUN_FILES.lock);
    removeIfThere(files, path);
    if (createLockFile(files, path, own)) return stale;
    refuseUnlessStale(directory);
    throw new TrifoldError('busy', `another process took the run ${directory}`, { place: { file: path } });
  } finally {
    removeIfThere(files, guard);
  }
}

function isRunning({ pid, token, processIdentity: identity }: LockHolder): boolean {
  if (pid === process.pid) return heldHere.has(token);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return false;
  }
  const current = processIdentity(pid);
  return identity === '' || current === '' || identity === current;
}

/** Boot and start time of a process; `ended` for one that its parent has not reaped yet; empty where the system does not say. */
function processIdentity(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    // proc(5): the state is field 3, the start time field 22.
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot}/${fields[19]}`;
  } catch {
    return '';
  }
}

function isHolder(value: unknown): value is LockHolder {
  return (
    isObject(value) &&
    isCount(value.pid) &&
    typeof value.host === 'string' &&
    typeof value.processIdentity === 'string' &&
    typeof value.token === 'string'
  );
}
