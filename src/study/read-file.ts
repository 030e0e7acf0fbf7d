import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { TrifoldError } from '../util/errors.ts';
import { ioError, systemCode } from './file-operations.ts';

const MIB = 2 ** 20;

/**
 * Most bytes of a file that is read, by what it is; what users write has its own limits, where it is parsed. Texts that are parsed at once stay below
 * the longest string of Node, 512 MiB.
 */
export const FILE_LIMITS = {
  /** Weights of an accuracy predictor. */
  tensors: 256 * MIB,
  /** The events of a run, which are parsed line by line. */
  journal: 1024 * MIB,
  /** Every other file of a run. */
  runFile: 256 * MIB,
  /** A file of the cache of mappings; it is written to a fraction of this. */
  cacheSegment: 64 * MIB,
  /** The lock of a run. */
  lock: MIB / 16,
} as const;

/** How a file is read. */
export interface ReadOptions {
  readonly limitBytes: number;
  /** `followed`: as users expect of files that they name; `refused`: for files in folders that others may have made. */
  readonly links: 'followed' | 'refused';
}

/** Flags under which opening never waits for another process, and gives no terminal away. Systems without them have no such files. */
const AT_ONCE = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Flag under which a symbolic link is not opened; 0 on systems without it. */
const NO_LINKS = constants.O_NOFOLLOW ?? 0;

/**
 * Bytes of a regular file; null when there is none. Never waits: pipes, devices and sockets are refused without being opened.
 * @throws TrifoldError `io` for what is no regular file, is larger than the limit or cannot be read
 */
export function readFileIfThere(path: string, options: ReadOptions): Buffer | null {
  let descriptor: number | null = null;
  try {
    descriptor = openRegular(path, options.links);
    return readAll(descriptor, path, options.limitBytes);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw ioError('read', path, error);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** Bytes of a regular file, as {@link readFileIfThere}. @throws TrifoldError `io`, also when there is none */
export function readRegularFile(path: string, options: ReadOptions): Buffer {
  const bytes = readFileIfThere(path, options);
  if (bytes === null)
    throw new TrifoldError('io', `cannot read ${path}: it does not exist`, {
      place: { file: path },
      hint: 'check the path',
    });
  return bytes;
}

/**
 * Opens a regular file to read it, without waiting.
 * @returns a descriptor that the caller closes
 * @throws TrifoldError `io` for what is no regular file; the system's error
 */
export function openRegular(path: string, links: ReadOptions['links']): number {
  // Opening alone sets some devices going.
  refuseIrregular(path, links === 'followed' ? statSync(path) : lstatSync(path));
  const descriptor = openSync(path, constants.O_RDONLY | AT_ONCE | (links === 'followed' ? 0 : NO_LINKS));
  try {
    refuseIrregular(path, fstatSync(descriptor));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return descriptor;
}

/** @throws TrifoldError `io` unless it is a regular file */
export function refuseIrregular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  const kind = kindOf(stats);
  throw new TrifoldError('io', `${path} is ${kind}, not a file`, {
    place: { file: path },
    hint:
      kind === 'a pipe' ? 'write its text to a file first: files may be read more than once' : 'name a regular file',
  });
}

/** What there is instead of a regular file, in words. */
export function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function readAll(descriptor: number, path: string, limitBytes: number): Buffer {
  const { size } = fstatSync(descriptor);
  refuseLarge(path, size, limitBytes);
  // One byte more than there is said to be shows whether the file ends there.
  let bytes = Buffer.allocUnsafe(size + 1);
  let filled = 0;
  for (;;) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, null);
    if (count === 0) return bytes.subarray(0, filled);
    filled += count;
    refuseLarge(path, filled, limitBytes);
    if (filled === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)]);
  }
}

/** @throws TrifoldError `io` for a file of more bytes than are read */
export function refuseLarge(path: string, bytes: number, limitBytes: number): void {
  if (bytes <= limitBytes) return;
  throw new TrifoldError('io', `${path} has ${bytes} bytes; at most ${limitBytes} of such a file are read`, {
    place: { file: path },
    hint: 'check that it is the right file',
  });
}
