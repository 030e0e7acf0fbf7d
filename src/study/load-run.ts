import { join } from 'node:path';
import { completeLines, countLines, lineValue, sha256, tornBytes } from './journal.ts';
import { JSON_LIMITS, measureJson } from './json-text.ts';
import { FILE_LIMITS } from './read-file.ts';
import {
  type Checkpoint,
  damaged,
  RUN_FILES,
  type RunDescription,
  readCheckpoint,
  readDescription,
  readRunFile,
} from './run-files.ts';

/** Something about a run that its user should hear of; nothing is lost that the search cannot do again. */
export interface RunWarning {
  readonly kind: 'torn-line' | 'unreadable-lines' | 'events-after-checkpoint' | 'lock-taken-over' | 'other-version';
  readonly message: string;
}

/** Recognizes the events of a kind of run among JSON values. */
export type EventGuard<Event> = (value: unknown) => value is Event;

/** A run folder, read and checked. */
export interface LoadedRun<Event> {
  readonly description: RunDescription;
  readonly checkpoint: Checkpoint;
  /** The journal up to the checkpoint: the part that is never taken back. */
  readonly coveredBytes: Uint8Array;
  readonly coveredEvents: readonly Event[];
  /** Events after the checkpoint: a resumed run does them again. */
  readonly laterEvents: readonly Event[];
  /** Whether there is anything, readable or not, after the checkpoint. */
  readonly hasTail: boolean;
  readonly warnings: readonly RunWarning[];
}

/**
 * Reads a run folder without changing it; a process may be writing to it.
 * Before the checkpoint every line must be what was written; after it, reading stops at the first line that is not an event.
 * @throws TrifoldError `foreign` when it is no run, damaged, or newer than this package; `io`
 */
export function loadRun<Event>(directory: string, isEvent: EventGuard<Event>): LoadedRun<Event> {
  const description = readDescription(directory);
  // The checkpoint first: whatever it covers was in the journal before it.
  const checkpoint = readCheckpoint(directory);
  const path = join(directory, RUN_FILES.journal);
  const bytes = readRunFile(path, FILE_LIMITS.journal);
  if (bytes === null) throw damaged(path, 'the journal is missing');
  const coveredBytes = bytes.subarray(0, checkpoint.journalBytes);
  const lines = countLines(coveredBytes);
  if (bytes.length < checkpoint.journalBytes || tornBytes(coveredBytes) > 0 || lines !== checkpoint.journalLines)
    throw damaged(path, `the checkpoint covers ${checkpoint.journalLines} events, but the journal does not hold them`);
  const coveredEvents = readEvents(path, coveredBytes, isEvent);
  if (coveredEvents.length < lines) throw damaged(path, 'this line is not an event', coveredEvents.length + 1);
  if (sha256(coveredBytes) !== checkpoint.journalSha256)
    throw damaged(path, 'the journal is not the one that the checkpoint covers');
  const tail = bytes.subarray(checkpoint.journalBytes);
  const laterEvents = readEvents(path, tail, isEvent);
  return {
    description,
    checkpoint,
    coveredBytes,
    coveredEvents,
    laterEvents,
    hasTail: bytes.length > checkpoint.journalBytes,
    warnings: tailWarnings(path, tornBytes(tail), countLines(tail) - laterEvents.length),
  };
}

/** Values that the events of a run hold together at most; a long search writes a hundredth of it. */
const MOST_VALUES = 2 * JSON_LIMITS.values;

/** The events of the complete lines, up to the first line that is none. @throws TrifoldError `foreign` for more than memory may hold */
function readEvents<Event>(path: string, bytes: Uint8Array, isEvent: EventGuard<Event>): Event[] {
  const events: Event[] = [];
  let values = 0;
  for (const line of completeLines(bytes)) {
    const event = lineValue(line);
    if (!isEvent(event)) break;
    values += measureJson(line).values;
    if (values > MOST_VALUES) throw damaged(path, `the events hold more than ${MOST_VALUES} values`, events.length + 1);
    events.push(event);
  }
  return events;
}

function tailWarnings(path: string, torn: number, unreadable: number): RunWarning[] {
  const warnings: RunWarning[] = [];
  if (unreadable > 0)
    warnings.push({
      kind: 'unreadable-lines',
      message: `${path}: ${unreadable} line${unreadable > 1 ? 's' : ''} after the checkpoint cannot be read and are left out`,
    });
  if (torn > 0)
    warnings.push({
      kind: 'torn-line',
      message: `${path}: the last line is incomplete (${torn} bytes) and is left out; its writer was stopped, or is still writing it`,
    });
  return warnings;
}
