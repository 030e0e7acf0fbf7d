import * as nodeFs from 'node:fs';
import { dirname } from 'node:path';
import { TrifoldError } from '../util/errors.ts';

/** The file system calls that change a run folder or a cache; a test may replace them to make a call fail. */
export type FileOperations = Pick<
  typeof nodeFs,
  | 'closeSync'
  | 'fchmodSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'writeSync'
>;

/** The real file system. */
export const NODE_FILES: FileOperations = nodeFs;

const MEANINGS: Readonly<Record<string, readonly [meaning: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'free some space; the run can be continued with trifold resume'],
  EDQUOT: ['the disk quota is used up', 'free some space; the run can be continued with trifold resume'],
  EROFS: ['the file system is read-only', 'choose a folder that can be written with --out'],
  EACCES: ['permission denied', 'choose a folder that you may write with --out'],
  EPERM: ['permission denied', 'choose a folder that you may write with --out'],
  ENOENT: ['it does not exist', 'check the path; trifold runs lists the runs'],
  ENOTDIR: ['a part of the path is not a folder', 'check the path'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter name'],
  ELOOP: ['it is a symbolic link that is not followed', 'name the file itself'],
  EISDIR: ['it is a folder', 'name a file'],
  ENXIO: ['it is a pipe, a socket or a device', 'move it away, or name a regular file'],
  EFBIG: ['a file may not become so large here', 'raise the limit of the size of files (ulimit -f)'],
  EMFILE: ['too many open files', 'raise the limit of open files'],
  EIO: ['the device reports an error', 'check the disk'],
};

/** The `code` of a failed system call, e.g. ENOENT; undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A failed system call as an error for users: `io`, the path and a hint, which `advice` replaces. TrifoldErrors pass through. */
export function ioError(action: string, path: string, error: unknown, advice?: string): TrifoldError {
  if (error instanceof TrifoldError) return error;
  const [meaning, hint] = MEANINGS[systemCode(error) ?? ''] ?? [
    error instanceof Error ? error.message : String(error),
    undefined,
  ];
  const isAdvice = hint !== undefined && !(action === 'read' && hint.includes('--out'));
  const told = advice ?? (isAdvice ? hint : undefined);
  return new TrifoldError('io', `cannot ${action} ${path}: ${meaning}`, {
    place: { file: path },
    ...(told === undefined ? {} : { hint: told }),
  });
}

/** Writes all bytes at the descriptor's position, however many calls it takes. @throws the system's error, also where it takes nothing and says nothing */
export function writeFully(files: FileOperations, descriptor: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    const count = files.writeSync(descriptor, bytes, written, bytes.length - written);
    if (count <= 0) throw Object.assign(new Error('nothing is written'), { code: 'EIO' });
    written += count;
  }
}

/**
 * Creates a folder with the ones above it, one by one: Node's own recursive way never returns below a folder, such as /proc, whose
 * system says that what is being created does not exist. @throws the system's error
 */
export function createFolders(files: Pick<FileOperations, 'mkdirSync'>, folder: string): void {
  try {
    files.mkdirSync(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST' && nodeFs.statSync(folder).isDirectory()) return;
    const parent = dirname(folder);
    if (code !== 'ENOENT' || parent === folder || nodeFs.existsSync(parent)) throw error;
    createFolders(files, parent);
    files.mkdirSync(folder);
  }
}

/** Makes the entries of a folder durable. Systems that cannot flush folders are left alone. @throws the system's error */
export function syncFolder(files: FileOperations, folder: string): void {
  let descriptor: number;
  try {
    descriptor = files.openSync(folder, 'r');
  } catch (error) {
    if (systemCode(error) === 'EISDIR' || systemCode(error) === 'EPERM') return;
    throw error;
  }
  try {
    files.fsyncSync(descriptor);
  } catch (error) {
    if (systemCode(error) !== 'EINVAL' && systemCode(error) !== 'EPERM') throw error;
  } finally {
    files.closeSync(descriptor);
  }
}

const { O_APPEND, O_CREAT, O_RDWR, O_WRONLY } = nodeFs.constants;

/** Opens neither a symbolic link nor waits for the other end of a pipe; 0 on systems that have no such flags. */
const PLAIN = (nodeFs.constants.O_NOFOLLOW ?? 0) | (nodeFs.constants.O_NONBLOCK ?? 0);

/**
 * Opens a regular file of ours, which may lie in a folder that others have made, to append to it (it is created) or to change it.
 * @throws TrifoldError `io` for anything else than a regular file, a link included; the system's error
 */
export function openOwn(files: FileOperations, path: string, purpose: 'append' | 'change'): number {
  const descriptor = files.openSync(
    path,
    PLAIN | (purpose === 'append' ? O_WRONLY | O_APPEND | O_CREAT : O_RDWR),
    0o666,
  );
  if (nodeFs.fstatSync(descriptor).isFile()) return descriptor;
  files.closeSync(descriptor);
  throw new TrifoldError('io', `${path} is no regular file`, {
    place: { file: path },
    hint: 'move away what there is in place of the file',
  });
}

/** Shortens a file, durably; needs no room on the disk. @throws TrifoldError `io` */
export function truncateFile(files: FileOperations, path: string, bytes: number): void {
  try {
    const descriptor = openOwn(files, path, 'change');
    try {
      files.ftruncateSync(descriptor, bytes);
      files.fsyncSync(descriptor);
    } finally {
      files.closeSync(descriptor);
    }
  } catch (error) {
    throw ioError('shorten', path, error);
  }
}

/** Removes a file; a missing one, and one that cannot be removed, is left. @returns whether it is gone by this call */
export function removeIfThere(files: FileOperations, path: string): boolean {
  try {
    files.unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}
