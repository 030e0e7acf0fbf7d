import { createHash, type Hash } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { TrifoldError } from '../util/errors.ts';
import { type FileOperations, ioError, openOwn, writeFully } from './file-operations.ts';
import { parseJsonBytes, toJsonLine } from './json-text.ts';
import { damaged } from './run-files.ts';

/** Lines after which an append flushes the journal to the disk even without a checkpoint. */
const LINES_PER_FLUSH = 64;

const NEWLINE = 0x0a;

/** How far a journal goes: what a checkpoint notes of it. */
export interface JournalExtent {
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Appends events, one line of JSON each. A line is handed to the system in whole before `append` returns, so the end of
 * the process loses none (kill -9 during the call: the line being written). It is flushed to the disk every 64 lines, by
 * `flush` (before each checkpoint) and by `close`: a power failure loses at most the lines since then, never a checkpoint.
 */
export class JournalWriter {
  readonly #files: FileOperations;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #hash: Hash;
  #lines: number;
  #bytes: number;
  #unflushed = 0;
  #broken = false;
  #closed = false;

  /**
   * Opens a journal whose content is `existing`; creates it when it is not there.
   * @throws TrifoldError `io`; `foreign` when the file is longer or shorter
   */
  constructor(files: FileOperations, path: string, existing: Uint8Array) {
    this.#files = files;
    this.#path = path;
    this.#hash = createHash('sha256').update(existing);
    this.#lines = countLines(existing);
    this.#bytes = existing.length;
    try {
      this.#descriptor = openOwn(files, path, 'append');
    } catch (error) {
      throw ioError('open', path, error);
    }
    if (fstatSync(this.#descriptor).size === existing.length) return;
    files.closeSync(this.#descriptor);
    throw damaged(path, 'the journal changed while it was being opened');
  }

  /** Extent of what has been appended, and of what was there. */
  get extent(): JournalExtent {
    return { lines: this.#lines, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }

  /** Appends one event. When it fails, the journal is as before. @throws TrifoldError `io`; TypeError when JSON cannot hold the event */
  append(event: unknown): void {
    const line = Buffer.from(`${toJsonLine(event)}\n`);
    this.#refuseUnusable();
    try {
      writeFully(this.#files, this.#descriptor, line);
    } catch (error) {
      this.#undoPartialLine();
      throw ioError('write', this.#path, error);
    }
    this.#hash.update(line);
    this.#lines++;
    this.#bytes += line.length;
    this.#unflushed++;
    if (this.#unflushed >= LINES_PER_FLUSH) this.flush();
  }

  /** Makes all lines durable. @throws TrifoldError `io` */
  flush(): void {
    if (this.#unflushed === 0) return;
    this.#refuseUnusable();
    try {
      this.#files.fsyncSync(this.#descriptor);
    } catch (error) {
      // After a failed fsync the system may have dropped the lines while later calls succeed: never write on.
      this.#broken = true;
      throw ioError('flush', this.#path, error);
    }
    this.#unflushed = 0;
  }

  /** Flushes and closes; further calls do nothing. @throws TrifoldError `io` */
  close(): void {
    if (this.#closed) return;
    try {
      if (!this.#broken) this.flush();
    } finally {
      this.#closed = true;
      this.#closeFile();
    }
  }

  #closeFile(): void {
    try {
      this.#files.closeSync(this.#descriptor);
    } catch (error) {
      throw ioError('close', this.#path, error);
    }
  }

  #undoPartialLine(): void {
    try {
      this.#files.ftruncateSync(this.#descriptor, this.#bytes);
    } catch {
      this.#broken = true;
    }
  }

  #refuseUnusable(): void {
    if (this.#closed) throw new TypeError('the journal is closed');
    if (this.#broken)
      throw new TrifoldError('io', `cannot write ${this.#path} after an earlier failure`, {
        place: { file: this.#path },
        hint: 'continue the run with trifold resume',
      });
  }
}

/** The complete lines of the bytes of a journal, or of the rest of one, without their newlines; one by one, as a file may hold millions. */
export function* completeLines(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

/** Number of complete lines. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0;
  // One call for each of a thousand million lines would take minutes.
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === NEWLINE) lines++;
  return lines;
}

/** Longest line that is read as an event; the longest of a search is some MiB. */
const MOST_LINE_BYTES = 64 * 2 ** 20;

/** The value of a line; undefined when it is no JSON that a run writes. */
export function lineValue(line: Uint8Array): unknown {
  return line.length > MOST_LINE_BYTES ? undefined : parseJsonBytes(line);
}

/** Bytes after the last newline: a torn line. */
export function tornBytes(bytes: Uint8Array): number {
  return bytes.length - bytes.lastIndexOf(NEWLINE) - 1;
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
