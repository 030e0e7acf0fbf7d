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

const ROOM = 'free some space; the run can be continued with trifold resume';
const ELSEWHERE = 'choose a folder that you may write with --out';

/** In words. `where`: a hint about a run folder that is written, where the caller has none of its own; `hint`: one that always holds. */
const MEANINGS: Readonly<Record<string, { readonly text: string; readonly hint?: string; readonly where?: string }>> = {
  ENOSPC: { text: 'the disk is full', where: ROOM },
  EDQUOT: { text: 'the disk quota is used up', where: ROOM },
  EROFS: { text: 'the file system is read-only', where: ELSEWHERE },
  EACCES: { text: 'permission denied', where: ELSEWHERE },
  EPERM: { text: 'permission denied', where: ELSEWHERE },
  ENOENT: { text: 'it does not exist', hint: 'check the path; trifold runs lists the runs' },
  ENOTDIR: { text: 'a part of the path is not a folder', hint: 'check the path' },
  ENAMETOOLONG: { text: 'the name is too long', hint: 'choose a shorter name' },
  ELOOP: { text: 'it is a symbolic link that is not followed', hint: 'name the file itself' },
  EISDIR: { text: 'it is a folder', hint: 'name a file' },
  ENXIO: { text: 'it is a pipe, a socket or a device', hint: 'move it away, or name a regular file' },
  EFBIG: { text: 'a file may not become so large here', hint: 'raise the limit of the size of files (ulimit -f)' },
  EMFILE: { text: 'too many open files', hint: 'raise the limit of open files' },
  EIO: { text: 'the device reports an error', hint: 'check the disk' },
};

/** The `code` of a failed system call, e.g. ENOENT; undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * A failed system call as an error for users: `io`, the path and a hint. TrifoldErrors pass through.
 * @param advice hint of the caller where the system says no more than that it refuses
 */
export function ioError(action: string, path: string, error: unknown, advice?: string): TrifoldError {
  if (error instanceof TrifoldError) return error;
  const known = MEANINGS[systemCode(error) ?? ''] ?? { text: error instanceof Error ? error.message : String(error) };
  const hint = known.hint ?? advice ?? (action === 'read' ? undefined : known.where);
  return new TrifoldError('io', `cannot ${action} ${path}: ${known.text}`, {
    place: { file: path },
    ...(hint === undefined ? {} : { hint }),
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
