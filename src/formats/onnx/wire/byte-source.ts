import { fstatSync, readSync } from 'node:fs';
import { TrifoldError } from '../../../util/errors.ts';

/** Bytes that are read in pieces, so that a file of gigabytes needs no more memory than a window of it. */
export interface ByteSource {
  /** Bytes in all. */
  readonly length: number;
  /** Name for messages. */
  readonly file: string;
  /** The bytes from `offset` on: `length` of them, or fewer where the source ends. */
  read(offset: number, length: number): Uint8Array;
}

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array, file: string): ByteSource {
  return { length: bytes.length, file, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/**
 * An open file as a source; the caller closes it.
 * @throws TrifoldError `io` when the descriptor is no regular file: the pieces are read at their offsets
 */
export function fileSource(descriptor: number, file: string): ByteSource {
  const stat = fstatSync(descriptor);
  if (!stat.isFile())
    throw new TrifoldError('io', 'an ONNX model is read from a regular file, this is none', { place: { file } });
  return {
    length: stat.size,
    file,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(descriptor, bytes, filled, length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
  };
}
