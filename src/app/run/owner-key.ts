import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, linkSync, readSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { createFolders, NODE_FILES, removeIfThere, writeFully } from '../../study/file-operations.ts';
import { openRegular } from '../../study/read-file.ts';
import { openNew, temporaryPath } from '../../study/write-file.ts';

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

const KEY_BYTES = 32;

/**
 * File of the key that the runs of this user are marked with: in `trifold` in `XDG_STATE_HOME` or in `~/.local/state`.
 * A run folder that came from elsewhere cannot hold a mark of it.
 */
export function ownerKeyFile(environment: Environment): string {
  const { XDG_STATE_HOME: shared } = environment;
  const parent = shared !== undefined && isAbsolute(shared) ? shared : join(homedir(), '.local', 'state');
  return join(parent, 'trifold', 'run-key');
}

/**
 * A mark of a text by this user in this working directory; creates the key when there is none. Null where no key can be kept, as in a
 * container without a home.
 */
export function ownerMark(text: string, environment: Environment): string | null {
  const file = fileOf(environment);
  if (file === null) return null;
  const key = readKey(file) ?? (createKey(file) ? readKey(file) : null);
  return key === null ? null : markWith(key, text);
}

/** Whether a mark of a text was made by this user in this working directory. */
export function isOwnerMark(mark: string, text: string, environment: Environment): boolean {
  const file = fileOf(environment);
  const key = file === null ? null : readKey(file);
  if (key === null) return false;
  const [given, own] = [Buffer.from(mark), Buffer.from(markWith(key, text))];
  return given.length === own.length && timingSafeEqual(given, own);
}

/** What a run names, such as a program by a relative path, has a meaning in a working directory: a mark holds in no other. */
function markWith(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(`trifold-run\0${process.cwd()}\0`).update(text).digest('hex');
}

/** Null where the system knows no home, or the working directory is gone. */
function fileOf(environment: Environment): string | null {
  try {
    process.cwd();
    return ownerKeyFile(environment);
  } catch {
    return null;
  }
}

/** The key; null when there is none, or when others than this user may know or have chosen it. */
function readKey(file: string): Uint8Array | null {
  let descriptor: number;
  try {
    descriptor = openRegular(file, 'refused');
  } catch {
    return null;
  }
  try {
    const { uid, mode, size } = fstatSync(descriptor);
    const isPrivate = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    if (!isPrivate || size !== KEY_BYTES) return null;
    const key = Buffer.alloc(KEY_BYTES);
    return readSync(descriptor, key, 0, KEY_BYTES, 0) === KEY_BYTES ? key : null;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** Creates the key whole, or leaves that of another process; what is no key is replaced. @returns whether there is a file now */
function createKey(file: string): boolean {
  const temporary = temporaryPath(file);
  try {
    createFolders(NODE_FILES, dirname(file));
    writeKey(temporary);
    try {
      linkSync(temporary, file);
    } catch {
      if (readKey(file) === null) renameSync(temporary, file);
    }
    return true;
  } catch {
    return false;
  } finally {
    removeIfThere(NODE_FILES, temporary);
  }
}

function writeKey(path: string): void {
  const descriptor = openNew(NODE_FILES, path, 0o600);
  try {
    writeFully(NODE_FILES, descriptor, randomBytes(KEY_BYTES));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
