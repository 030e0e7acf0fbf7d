import { createHash } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { FILE_LIMITS, openRegular, refuseLarge } from './read-file.ts';

const NEWLINE = 0x0a;
const LINE = /^([0-9a-f]{64}) ([0-9a-f]{16}) (.+)$/s;

/** Bytes of an entry. It starts with a newline, so that the torn end of an earlier one never spoils it. */
export function entryBytes(key: string, payload: string): Buffer {
  return Buffer.from(`\n${key} ${checksum(payload)} ${payload}\n`);
}

/**
 * One file of entries, read as it grows. It may be replaced or deleted at any time, and the new file may even have the old
 * one's inode number: so an entry is checked when it is indexed and again when it is read, and whatever does not fit makes the
 * file be indexed from its start.
 */
export class CacheSegment {
  readonly #path: string;
  readonly #places = new Map<string, { readonly start: number; readonly length: number }>();
  #inode = 0;
  /** Bytes that have been indexed. */
  #indexed = 0;
  #corrupted = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Lines that are no entries, or whose checksum is wrong. */
  get corrupted(): number {
    return this.#corrupted;
  }

  /** Payload of a key; undefined when there is none, or when the file cannot be read. */
  find(key: string): string | undefined {
    let descriptor: number;
    try {
      descriptor = openRegular(this.#path, 'refused');
    } catch {
      this.#forget();
      return undefined;
    }
    try {
      this.#indexNewBytes(descriptor);
      return this.#read(descriptor, key);
    } catch {
      this.#forget();
      return undefined;
    } finally {
      closeSync(descriptor);
    }
  }

  #read(descriptor: number, key: string): string | undefined {
    const entry = this.#entryAt(descriptor, key);
    if (entry === undefined || entry?.key === key) return entry?.payload;
    this.#forget();
    this.#indexNewBytes(descriptor);
    return this.#entryAt(descriptor, key)?.payload;
  }

  /** The entry where that of the key was; undefined when there was none, null when there is none any more. */
  #entryAt(descriptor: number, key: string): Entry | null | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : parseEntry(readRange(descriptor, place.start, place.length));
  }

  #indexNewBytes(descriptor: number): void {
    const { ino, size } = fstatSync(descriptor);
    refuseLarge(this.#path, size, FILE_LIMITS.cacheSegment);
    if (ino !== this.#inode || size < this.#indexed) this.#forget();
    this.#inode = ino;
    if (size === this.#indexed) return;
    const before = this.#corrupted;
    const isContinued = this.#indexed > 0;
    this.#indexRange(descriptor, size);
    if (!isContinued || this.#corrupted === before) return;
    this.#forget();
    this.#inode = ino;
    this.#indexRange(descriptor, size);
  }

  #indexRange(descriptor: number, end: number): void {
    const bytes = readRange(descriptor, this.#indexed, end - this.#indexed);
    let start = 0;
    for (let stop = bytes.indexOf(NEWLINE); stop >= 0; stop = bytes.indexOf(NEWLINE, start)) {
      if (stop > start) this.#indexLine(bytes.subarray(start, stop), this.#indexed + start);
      start = stop + 1;
    }
    this.#indexed += start;
  }

  #indexLine(line: Buffer, start: number): void {
    const entry = parseEntry(line);
    if (entry === null) this.#corrupted++;
    else this.#places.set(entry.key, { start, length: line.length });
  }

  #forget(): void {
    this.#places.clear();
    this.#inode = 0;
    this.#indexed = 0;
    this.#corrupted = 0;
  }
}

interface Entry {
  readonly key: string;
  readonly payload: string;
}

/** The entry of a line; null when it is none or its checksum is wrong. */
function parseEntry(line: Buffer): Entry | null {
  const [, key, sum, payload] = LINE.exec(line.toString('utf8')) ?? [];
  return key === undefined || payload === undefined || checksum(payload) !== sum ? null : { key, payload };
}

function checksum(payload: string): string {
  return createHash('sha256').update(payload).digest('hex').slice(0, 16);
}

function readRange(descriptor: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(descriptor, bytes, filled, length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
