import { closeSync, existsSync, fstatSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { ioError, systemCode } from './file-operations.ts';
import { completeLines, lineValue, tornBytes } from './journal.ts';
import type { EventGuard } from './load-run.ts';
import { lockStatus } from './lock.ts';
import { FILE_LIMITS, openRegular, refuseLarge } from './read-file.ts';
import { damaged, RUN_FILES, readDescription } from './run-files.ts';

/** News of a followed run. */
export type Followed<Event> =
  | { readonly kind: 'event'; readonly event: Event }
  /** The run was resumed and set back to its checkpoint: forget all events; they follow again from the first. */
  | { readonly kind: 'restarted' }
  /** Whether a process works on the run has changed; one does at first. */
  | { readonly kind: 'carried'; readonly isCarried: boolean };

/** Options of {@link followJournal}. */
export interface FollowOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
  /** Milliseconds between looks at the journal; default 250. */
  readonly pollMs?: number;
}

/** Lines that are told at a time. */
const LINES_PER_TURN = 256;

/**
 * The events of a run from the first, then those that come, until the run is finished. Changes nothing and locks nothing.
 * A run that no process works on any more is reported so, and followed until the signal: it may be resumed.
 * @throws TrifoldError `foreign` when the folder is no run or a complete line is no event; `io`
 */
export async function* followJournal<Event>(
  directory: string,
  isEvent: EventGuard<Event>,
  { signal, pollMs = 250 }: FollowOptions = {},
): AsyncGenerator<Followed<Event>, void, void> {
  readDescription(directory);
  const path = join(directory, RUN_FILES.journal);
  const summary = join(directory, RUN_FILES.summary);
  const reader = new JournalReader(path);
  let lineNumber = 0;
  let wasCarried = true;
  const isEnded = () => signal?.aborted === true;
  try {
    while (!isEnded()) {
      // Before the journal: a run writes its summary after its last event.
      const finished = existsSync(summary);
      const { restarted, lines } = reader.next();
      if (restarted) {
        lineNumber = 0;
        yield { kind: 'restarted' };
      }
      let isNew = false;
      for (const line of lines) {
        // However long the journal is, signals and keys get their turn.
        if (lineNumber++ % LINES_PER_TURN === 0) await setImmediate();
        if (isEnded()) return;
        isNew = true;
        const event = lineValue(line);
        if (!isEvent(event)) throw damaged(path, 'this line is not an event', lineNumber);
        yield { kind: 'event', event };
      }
      if (finished) return;
      const isCarried = isNew || isWorkedOn(directory);
      // A process that finishes the run writes its summary before it gives the folder free.
      if (isCarried !== wasCarried && !existsSync(summary)) {
        wasCarried = isCarried;
        yield { kind: 'carried', isCarried };
      }
      await sleep(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  } finally {
    reader.close();
  }
}

/** Whether a process works on a run, or may on another host. */
function isWorkedOn(directory: string): boolean {
  const { kind } = lockStatus(directory);
  return kind === 'held' || kind === 'unknown';
}

/** Reads complete lines as they come and notices when what it has read is no longer there. */
class JournalReader {
  readonly #path: string;
  #descriptor: number | null = null;
  #offset = 0;
  /** The last line that was read, newline included: it lies before the offset. */
  #lastLine: Uint8Array = new Uint8Array();

  constructor(path: string) {
    this.#path = path;
  }

  /** Lines since the last call; all lines when the journal was set back or replaced. */
  next(): { restarted: boolean; lines: Iterable<Uint8Array> } {
    try {
      const restarted = this.#descriptor !== null && this.#isChanged(this.#descriptor);
      if (restarted) this.close();
      this.#descriptor ??= openRegular(this.#path, 'refused');
      const { size } = fstatSync(this.#descriptor);
      refuseLarge(this.#path, size, FILE_LIMITS.journal);
      const bytes = readRange(this.#descriptor, this.#offset, size);
      const complete = bytes.subarray(0, bytes.length - tornBytes(bytes));
      this.#offset += complete.length;
      // From the newline before the last one on.
      if (complete.length > 0)
        this.#lastLine = complete.slice(complete.length - 1 - tornBytes(complete.subarray(0, -1)));
      return { restarted, lines: completeLines(complete) };
    } catch (error) {
      throw ioError('read', this.#path, error);
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    this.#offset = 0;
    this.#lastLine = new Uint8Array();
  }

  #isChanged(descriptor: number): boolean {
    const there = readRange(descriptor, this.#offset - this.#lastLine.length, this.#offset);
    if (Buffer.compare(there, this.#lastLine) !== 0) return true;
    try {
      return statSync(this.#path).ino !== fstatSync(descriptor).ino;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return true;
      throw error;
    }
  }
}

/** Bytes [start, end) of a file, or those of them that there are. */
function readRange(descriptor: number, start: number, end: number): Uint8Array {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
