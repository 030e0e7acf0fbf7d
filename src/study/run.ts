import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TrifoldError } from '../util/errors.ts';
import { shellWord } from '../util/shell-word.ts';
import { createNamedFolder } from './create-folder.ts';
import { type FileOperations, ioError, NODE_FILES, removeIfThere, truncateFile } from './file-operations.ts';
import { JournalWriter } from './journal.ts';
import { toJsonLine } from './json-text.ts';
import { type EventGuard, type LoadedRun, loadRun, type RunWarning } from './load-run.ts';
import { acquireLock, type Lock } from './lock.ts';
import {
  type Checkpoint,
  damaged,
  inFile,
  RUN_FILES,
  RUN_FORMAT_VERSION,
  type RunDescription,
  readDescription,
  readSummary,
  stateSha256,
} from './run-files.ts';
import { isTemporary, removeTemporaries, statEntry, writeWholeFile } from './write-file.ts';

/** Recognizes the events and states of a kind of run. Both are plain JSON. */
export interface RunGuards<Event, State> {
  readonly isEvent: EventGuard<Event>;
  readonly isState: (value: unknown) => value is State;
}

/** Description of a new run. */
export interface NewRun<State> {
  readonly packageVersion: string;
  /** The command line, program name included. */
  readonly command: readonly string[];
  readonly seed: number;
  /** Everything that continuing the run needs; plain JSON. */
  readonly configuration: unknown;
  /** Makes the mark of a description (JSON); null = none. */
  readonly markOf?: ((text: string) => string | null) | undefined;
  /** State before the first event. */
  readonly state: State;
}

/** A run folder that this process holds. Create it with {@link createRun} or {@link openRun}, and close it. */
export class Run<Event, State> {
  readonly directory: string;
  readonly description: RunDescription;
  /** Events before the checkpoint that the run continues from; empty for a new run. */
  readonly events: readonly Event[];
  /** State of the checkpoint that the run continues from. */
  readonly state: State;
  /** Repairs and oddities. */
  readonly warnings: readonly RunWarning[];
  readonly #files: FileOperations;
  readonly #lock: Lock;
  readonly #journal: JournalWriter;

  /** Not for callers. */
  constructor(
    parts: Pick<Run<Event, State>, 'directory' | 'description' | 'events' | 'state' | 'warnings'>,
    files: FileOperations,
    lock: Lock,
    journal: JournalWriter,
  ) {
    this.directory = parts.directory;
    this.description = parts.description;
    this.events = parts.events;
    this.state = parts.state;
    this.warnings = parts.warnings;
    this.#files = files;
    this.#lock = lock;
    this.#journal = journal;
  }

  /** Appends an event to the journal; see {@link JournalWriter} for what survives. @throws TrifoldError `io` */
  append(event: Event): void {
    this.#journal.append(event);
  }

  /** Replaces the checkpoint by the state after all events so far. When it fails, the old checkpoint holds. @throws TrifoldError `io` */
  checkpoint(state: State): void {
    this.#journal.flush();
    writeCheckpoint(this.#files, this.directory, this.#journal, state);
  }

  /** Writes (or replaces) a result file, atomically. `name` must be a plain file name that no file of the run has. @throws TrifoldError `io` */
  writeResult(name: string, text: string): void {
    if (!isResultName(name)) throw new TypeError(`'${name}' cannot be the name of a result`);
    writeWholeFile(this.#files, join(this.directory, name), text);
  }

  /**
   * Ends the run: a last checkpoint, then the summary, whose presence says that the run is finished. The summary is a document
   * to be printed: infinite figures in it become null. @throws TrifoldError `io`
   */
  finish(state: State, summary: unknown): void {
    this.checkpoint(state);
    writeWholeFile(this.#files, join(this.directory, RUN_FILES.summary), `${JSON.stringify(summary ?? null)}\n`);
  }

  /** The summary if the run is finished; else undefined. @throws TrifoldError `io`, `foreign` */
  get summary(): unknown {
    return readSummary(this.directory);
  }

  /** Flushes the journal and gives the folder free. @throws TrifoldError `io` */
  close(): void {
    try {
      this.#journal.close();
    } finally {
      this.#lock.release();
    }
  }
}

/**
 * Creates a run in a folder that does not exist or is empty, and takes its lock.
 * @throws TrifoldError `usage` when the folder is not empty (nothing is changed); `busy` when another process is creating a run there; `io`
 */
export function createRun<Event, State>(
  directory: string,
  newRun: NewRun<State>,
  files: FileOperations = NODE_FILES,
): Run<Event, State> {
  claimFolder(directory);
  const lock = acquireLock(directory, files);
  try {
    refuseNonEmpty(directory, [RUN_FILES.lock]);
  } catch (error) {
    lock.release();
    throw error;
  }
  const unmarked: RunDescription = {
    format: 'trifold-run',
    formatVersion: RUN_FORMAT_VERSION,
    packageVersion: newRun.packageVersion,
    createdAt: new Date().toISOString(),
    command: newRun.command,
    seed: newRun.seed,
    configuration: newRun.configuration,
  };
  const mark = newRun.markOf?.(JSON.stringify(unmarked)) ?? null;
  const description = mark === null ? unmarked : { ...unmarked, mark };
  let journal: JournalWriter | undefined;
  try {
    journal = new JournalWriter(files, join(directory, RUN_FILES.journal), new Uint8Array());
    writeCheckpoint(files, directory, journal, newRun.state);
    toJsonLine(description);
    writeWholeFile(files, join(directory, RUN_FILES.description), `${JSON.stringify(description, null, 2)}\n`);
  } catch (error) {
    try {
      journal?.close();
    } catch {
      // The first failure is the one to tell.
    }
    for (const name of [RUN_FILES.description, RUN_FILES.journal, RUN_FILES.checkpoint])
      removeIfThere(files, join(directory, name));
    lock.release();
    throw notCreated(error);
  }
  return new Run({ directory, description, events: [], state: newRun.state, warnings: [] }, files, lock, journal);
}

/** The error of a run that does not come about: there is nothing to resume. */
function notCreated(error: unknown): unknown {
  if (!(error instanceof TrifoldError) || error.code !== 'io') return error;
  return new TrifoldError('io', error.message, {
    ...error.details,
    hint: 'make room or get permission there, or choose another folder with --out',
  });
}

/**
 * Opens a run to continue it: takes its lock and sets the journal back to the checkpoint, so that the run goes on exactly.
 * `packageVersion` is that of this process; another one than the run's gives a warning.
 * @throws TrifoldError `foreign` when the folder is no run, is damaged or newer (nothing is changed); `busy` when another process has it; `io`
 */
export function openRun<Event, State>(
  directory: string,
  guards: RunGuards<Event, State>,
  packageVersion: string,
  files: FileOperations = NODE_FILES,
): Run<Event, State> {
  readDescription(directory);
  const lock = acquireLock(directory, files);
  try {
    const loaded = loadRun(directory, guards.isEvent);
    const { checkpoint, description, coveredBytes, coveredEvents } = loaded;
    const checkpointPath = join(directory, RUN_FILES.checkpoint);
    const state = inFile(checkpointPath, (): State => {
      if (guards.isState(checkpoint.state)) return checkpoint.state;
      throw damaged(checkpointPath, 'the state is not one that this kind of run stores');
    });
    removeTemporaries(files, directory);
    const path = join(directory, RUN_FILES.journal);
    if (loaded.hasTail) truncateFile(files, path, coveredBytes.length);
    const warnings = openingWarnings(loaded, lock, packageVersion);
    const journal = new JournalWriter(files, path, coveredBytes);
    return new Run({ directory, description, events: coveredEvents, state, warnings }, files, lock, journal);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function writeCheckpoint(files: FileOperations, directory: string, journal: JournalWriter, state: unknown): void {
  const { lines, bytes, sha256 } = journal.extent;
  const checkpoint: Checkpoint = {
    formatVersion: RUN_FORMAT_VERSION,
    journalLines: lines,
    journalBytes: bytes,
    journalSha256: sha256,
    stateSha256: stateSha256(state),
    state,
  };
  writeWholeFile(files, join(directory, RUN_FILES.checkpoint), `${toJsonLine(checkpoint)}\n`);
}

function openingWarnings<Event>(loaded: LoadedRun<Event>, lock: Lock, packageVersion: string): RunWarning[] {
  const warnings = [...loaded.warnings];
  const later = loaded.laterEvents.length;
  if (later > 0)
    warnings.push({
      kind: 'events-after-checkpoint',
      message: `${later} event${later > 1 ? 's' : ''} after the last checkpoint will be done again`,
    });
  if (lock.tookOverFrom !== null)
    warnings.push({
      kind: 'lock-taken-over',
      message: `process ${lock.tookOverFrom.pid} ended without closing the run`,
    });
  if (loaded.description.packageVersion !== packageVersion)
    warnings.push({
      kind: 'other-version',
      message: `the run was started by version ${loaded.description.packageVersion}, this is ${packageVersion}: its result may differ from an uninterrupted run`,
    });
  return warnings;
}

/**
 * Removes a run from its folder, so that another one can begin there. A folder without a run is left alone.
 * @throws TrifoldError `usage` when there is more in it than runs make (nothing is changed); `busy` when a process works on it; `io`
 */
export function removeRun(directory: string, files: FileOperations = NODE_FILES): void {
  if (!existsSync(join(directory, RUN_FILES.description))) return;
  const lock = acquireLock(directory, files);
  try {
    removeTemporaries(files, directory);
    const names = readdirSync(directory).filter((name) => name !== RUN_FILES.lock);
    const other = [...names, ...reportNames(directory)].find((name) => !isRunFile(directory, name));
    if (other !== undefined)
      throw new TrifoldError('usage', `${join(directory, other)} is not of the run that is to be replaced`, {
        place: { file: directory },
        hint: 'move it elsewhere, or choose another folder with --out',
      });
    // The description first: a folder without it is no run.
    for (const name of [RUN_FILES.description, ...names]) removeIfThere(files, join(directory, name));
    rmSync(join(directory, REPORT_FOLDER), { recursive: true, force: true });
  } catch (error) {
    throw ioError('remove the run in', directory, error);
  } finally {
    lock.release();
  }
}

/** Where reports of a run are written unless the user says otherwise. */
export const REPORT_FOLDER = 'report';

/** Names in the folder of reports, from the folder of the run. */
function reportNames(directory: string): string[] {
  const folder = join(directory, REPORT_FOLDER);
  if (statEntry(folder)?.isDirectory() !== true) return [];
  removeTemporaries(NODE_FILES, folder);
  return readdirSync(folder).map((name) => join(REPORT_FOLDER, name));
}

/** Whether a run, or its report, makes files of this name, from the folder of the run. */
function isRunFile(directory: string, name: string): boolean {
  if (Object.values<string>(RUN_FILES).includes(name)) return true;
  if (name === REPORT_FOLDER) return statEntry(join(directory, name))?.isDirectory() === true;
  return dirname(name) === REPORT_FOLDER
    ? /\.(html|csv)$/.test(name)
    : isResultName(name) && /\.(yaml|csv)$/.test(name);
}

function claimFolder(directory: string): void {
  createNamedFolder(directory);
  refuseNonEmpty(directory, [RUN_FILES.lock, RUN_FILES.takeover]);
}

function refuseNonEmpty(directory: string, ignored: readonly string[]): void {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    throw ioError('read', directory, error);
  }
  if (names.every((name) => ignored.includes(name) || isTemporary(name))) return;
  throw new TrifoldError('usage', `${directory} is not empty`, {
    place: { file: directory },
    hint: names.includes(RUN_FILES.description)
      ? `it holds a run: continue it with trifold resume ${shellWord(directory)}, choose another folder with --out, or replace the run with --force`
      : 'choose an empty or a new folder with --out',
  });
}

/** Whether a result may have this name: a plain visible file name with an ending that the run itself does not use. */
function isResultName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(name) && !Object.values<string>(RUN_FILES).includes(name);
}
