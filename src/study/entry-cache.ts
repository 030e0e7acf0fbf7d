import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import { CacheSegment, entryBytes } from './cache-segment.ts';
import { createFolders, type FileOperations, NODE_FILES, openOwn, systemCode } from './file-operations.ts';
import { parseJson, toJsonLine } from './json-text.ts';

/** Files that the entries are spread over, by the first digit of the key. */
const SHARDS = 16;
const DEFAULT_MAX_BYTES = 64 * 2 ** 20;

/** Totals of the work of a cache, for reports. */
export interface CacheCounters {
  readonly hits: number;
  readonly misses: number;
  readonly writes: number;
  /** Entries that could not be written: full disk, read-only folder. */
  readonly failedWrites: number;
  /** Unreadable entries in the files looked at: torn writes, damage. They are ignored. */
  readonly corrupted: number;
}

/**
 * Remembers values (plain JSON) under hexadecimal keys in a folder, for all runs and processes of a machine. Any number of processes may use the folder
 * at once, and it may be deleted at any time: an entry is one append, checked when read. It never throws: what cannot be read
 * is a miss, what cannot be written is left out.
 *
 * Size: every shard has a file that grows and the one before it; when the first is full it replaces the second, so the oldest
 * half of a shard is forgotten, and the folder stays below `maxBytes` (but for entries being written at that moment).
 */
export class EntryCache<Value> {
  readonly #directory: string;
  readonly #files: FileOperations;
  readonly #segmentBytes: number;
  readonly #shards = new Map<string, readonly [current: CacheSegment, older: CacheSegment]>();
  #hits = 0;
  #misses = 0;
  #writes = 0;
  #failedWrites = 0;

  readonly #isValue: (value: unknown) => value is Value;

  /** @param directory created with the first entry */
  constructor(
    directory: string,
    isValue: (value: unknown) => value is Value,
    maxBytes: number = DEFAULT_MAX_BYTES,
    files: FileOperations = NODE_FILES,
  ) {
    this.#isValue = isValue;
    this.#directory = directory;
    this.#files = files;
    this.#segmentBytes = Math.floor(maxBytes / (2 * SHARDS));
  }

  /** The value of a key; undefined when it is not known. */
  get(key: string): Value | undefined {
    const [current, older] = this.#shardOf(key);
    const payload = current.find(key) ?? older.find(key);
    const value = payload === undefined ? undefined : parseJson(payload);
    if (!this.#isValue(value)) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    return value;
  }

  /** Remembers a value. */
  put(key: string, value: Value): void {
    const bytes = entryBytes(key, toJsonLine(value));
    const isWritten =
      bytes.length <= this.#segmentBytes && (this.#append(key, bytes) || this.#appendInNewFolder(key, bytes));
    if (isWritten) this.#writes++;
    else this.#failedWrites++;
  }

  /** Totals of this object. */
  get counters(): CacheCounters {
    let corrupted = 0;
    for (const segments of this.#shards.values()) for (const segment of segments) corrupted += segment.corrupted;
    return {
      hits: this.#hits,
      misses: this.#misses,
      writes: this.#writes,
      failedWrites: this.#failedWrites,
      corrupted,
    };
  }

  #appendInNewFolder(key: string, bytes: Buffer): boolean {
    try {
      createFolders(this.#files, this.#directory);
    } catch {
      return false;
    }
    return this.#append(key, bytes);
  }

  /** One write call at the end of the file: entries of several processes never mix. */
  #append(key: string, bytes: Buffer): boolean {
    const { current, older } = this.#paths(key);
    try {
      let descriptor = openOwn(this.#files, current, 'append');
      try {
        if (fstatSync(descriptor).size + bytes.length > this.#segmentBytes) {
          this.#files.closeSync(descriptor);
          descriptor = -1;
          this.#rotate(current, older);
          descriptor = openOwn(this.#files, current, 'append');
        }
        return this.#files.writeSync(descriptor, bytes, 0, bytes.length) === bytes.length;
      } finally {
        if (descriptor >= 0) this.#files.closeSync(descriptor);
      }
    } catch {
      return false;
    }
  }

  #rotate(current: string, older: string): void {
    try {
      this.#files.renameSync(current, older);
    } catch (error) {
      // Another process was faster.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  #shardOf(key: string): readonly [CacheSegment, CacheSegment] {
    const shard = key.charAt(0);
    let segments = this.#shards.get(shard);
    if (segments === undefined) {
      const { current, older } = this.#paths(key);
      segments = [new CacheSegment(current), new CacheSegment(older)];
      this.#shards.set(shard, segments);
    }
    return segments;
  }

  #paths(key: string): { current: string; older: string } {
    const shard = key.charAt(0);
    return {
      current: join(this.#directory, `mappings-${shard}.log`),
      older: join(this.#directory, `mappings-${shard}.older.log`),
    };
  }
}
