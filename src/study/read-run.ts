import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TrifoldError } from '../util/errors.ts';
import { ioError, systemCode } from './file-operations.ts';
import { type EventGuard, loadRun, type RunWarning } from './load-run.ts';
import { lockStatus } from './lock.ts';
import { RUN_FILES, type RunDescription, readCheckpoint, readDescription, readSummary } from './run-files.ts';

/** finished: has a summary; running: a process holds it; locked: a process of another host may hold it; interrupted: can be resumed. */
export type RunStatus = 'finished' | 'running' | 'locked' | 'interrupted';

/** A run as a reader sees it. */
export interface RunSnapshot<Event> {
  readonly directory: string;
  readonly description: RunDescription;
  /** All complete events, those after the checkpoint included. */
  readonly events: readonly Event[];
  /** Events that the checkpoint covers. */
  readonly checkpointedEvents: number;
  readonly status: RunStatus;
  /** Undefined unless finished. */
  readonly summary: unknown;
  readonly warnings: readonly RunWarning[];
}

/** Reads a run without locking or changing it. @throws TrifoldError `foreign` when it is no run, damaged or newer; `io` */
export function readRun<Event>(directory: string, isEvent: EventGuard<Event>): RunSnapshot<Event> {
  const { description, coveredEvents, laterEvents, warnings } = loadRun(directory, isEvent);
  const summary = readSummary(directory);
  return {
    directory,
    description,
    events: [...coveredEvents, ...laterEvents],
    checkpointedEvents: coveredEvents.length,
    status: statusOf(directory, summary !== undefined),
    summary,
    warnings,
  };
}

/** A run in a list: what can be said without reading its journal, or why it cannot be read. */
export type RunListing =
  | {
      readonly kind: 'run';
      readonly name: string;
      readonly directory: string;
      readonly description: RunDescription;
      readonly status: RunStatus;
      readonly checkpointedEvents: number;
    }
  | { readonly kind: 'unreadable'; readonly name: string; readonly directory: string; readonly error: TrifoldError };

/** The runs in a folder, oldest first; folders that are no runs are left out; none when `root` does not exist. @throws TrifoldError `io` */
export function listRuns(root: string): RunListing[] {
  const listings = subfolders(root)
    .filter((directory) => existsSync(join(directory, RUN_FILES.description)))
    .map(listing);
  const createdAt = (one: RunListing) => (one.kind === 'run' ? one.description.createdAt : '');
  return listings.sort((a, b) => compare(createdAt(a), createdAt(b)) || compare(a.name, b.name));
}

function listing(directory: string): RunListing {
  const name = basename(directory);
  try {
    const description = readDescription(directory);
    const checkpointedEvents = readCheckpoint(directory).journalLines;
    const status = statusOf(directory, readSummary(directory) !== undefined);
    return { kind: 'run', name, directory, description, status, checkpointedEvents };
  } catch (error) {
    if (!(error instanceof TrifoldError)) throw error;
    return { kind: 'unreadable', name, directory, error };
  }
}

function statusOf(directory: string, finished: boolean): RunStatus {
  if (finished) return 'finished';
  const { kind } = lockStatus(directory);
  if (kind === 'held') return 'running';
  return kind === 'unknown' ? 'locked' : 'interrupted';
}

function subfolders(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => join(root, entry.name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw ioError('read', root, error);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
