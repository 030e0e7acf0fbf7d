import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { TrifoldError } from '../util/errors.ts';
import { isCount, isObject, measureJson, overJsonLimits, parseJsonBytes } from './json-text.ts';
import { FILE_LIMITS, readFileIfThere } from './read-file.ts';

/** Version of the layout of run folders that this package writes; it reads this one and older ones. */
export const RUN_FORMAT_VERSION = 1;

/** Files that every run folder has or may have; results beside them must have other names. */
export const RUN_FILES = {
  description: 'run.json',
  journal: 'journal.jsonl',
  checkpoint: 'checkpoint.json',
  summary: 'summary.json',
  lock: 'lock.json',
  takeover: 'lock.takeover',
} as const;

/** `run.json`: what a run is. Written once, last of all files of a new run: a folder without it is no run. */
export interface RunDescription {
  readonly format: 'trifold-run';
  readonly formatVersion: number;
  readonly packageVersion: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The command line, program name included. */
  readonly command: readonly string[];
  readonly seed: number;
  /** Whatever the command needs to continue; its own code validates it. */
  readonly configuration: unknown;
  /** Made of all the rest by the user who started the run; absent where that is of no consequence, and in runs of older versions. */
  readonly mark?: string;
}

/** `checkpoint.json`: the state after the first `journalLines` events. */
export interface Checkpoint {
  readonly formatVersion: number;
  /** Journal lines that the state knows of. */
  readonly journalLines: number;
  /** Their length in bytes. */
  readonly journalBytes: number;
  /** Their SHA-256, hexadecimal. */
  readonly journalSha256: string;
  /** SHA-256 of `state` as JSON: notices accidents, not intent; absent in runs of older versions. */
  readonly stateSha256?: string;
  /** State of optimizer and random source; its owner validates it. */
  readonly state: unknown;
}

/** The description of a run. @throws TrifoldError `foreign` when the folder is no run, is damaged or is newer than this package; `io` */
export function readDescription(directory: string): RunDescription {
  const path = join(directory, RUN_FILES.description);
  const bytes = readRunFile(path);
  if (bytes === null)
    throw new TrifoldError('foreign', `${directory} is not a run folder: it has no ${RUN_FILES.description}`, {
      place: { file: path },
      hint: 'trifold runs lists the runs; a run that was interrupted while it was being created can be deleted',
    });
  const value = readJson(path, bytes);
  if (isObject(value) && value.format === 'trifold-run') refuseNewer(path, value);
  if (!isDescription(value)) throw damaged(path, 'it does not describe a run');
  return value;
}

/** The checkpoint of a run. @throws TrifoldError `foreign` when it is missing, damaged or newer; `io` */
export function readCheckpoint(directory: string): Checkpoint {
  const path = join(directory, RUN_FILES.checkpoint);
  const bytes = readRunFile(path);
  if (bytes === null) throw damaged(path, 'the checkpoint is missing');
  const value = readJson(path, bytes);
  if (isObject(value)) refuseNewer(path, value);
  if (!isCheckpoint(value)) throw damaged(path, 'it is not a checkpoint');
  if (value.stateSha256 !== undefined && value.stateSha256 !== stateSha256(value.state))
    throw damaged(path, 'the state is not the one that was written');
  return value;
}

/** SHA-256 of a state as JSON, hexadecimal; the same before it is written and after it was read. */
export function stateSha256(state: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(state) ?? '')
    .digest('hex');
}

/** The summary of a finished run; undefined while the run is not finished. @throws TrifoldError `foreign` when it is not JSON; `io` */
export function readSummary(directory: string): unknown {
  const path = join(directory, RUN_FILES.summary);
  const bytes = readRunFile(path);
  if (bytes === null) return undefined;
  return readJson(path, bytes);
}

/** @throws TrifoldError `foreign` for what is no JSON, or more of it than any run writes */
function readJson(path: string, bytes: Uint8Array): unknown {
  const value = parseJsonBytes(bytes);
  if (value === undefined) throw damaged(path, overJsonLimits(measureJson(bytes)) ?? 'it is not JSON');
  return value;
}

/**
 * Bytes of a file in a run folder; null when there is none. Others may have made the folder: nothing but a regular file is read, and no link
 * is followed. @throws TrifoldError `io`
 */
export function readRunFile(path: string, limitBytes: number = FILE_LIMITS.runFile): Buffer | null {
  return readFileIfThere(path, { limitBytes, links: 'refused' });
}

/** The error for a file of a run that cannot be what the run wrote. `line` is 1-based. */
export function damaged(path: string, what: string, line?: number): TrifoldError {
  return new TrifoldError('foreign', `the run is damaged: ${what}`, {
    place: line === undefined ? { file: path } : { file: path, line },
    hint: 'nothing was changed; restore the file from a copy, or start a new run',
  });
}

/** What is read from a file of a run; errors without a place get that of the file. */
export function inFile<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw placedIn(path, error);
  }
}

/** An error about what a file of a run holds, with the place of the file if it has none. */
export function placedIn(path: string, error: unknown): unknown {
  if (!(error instanceof TrifoldError) || error.details.place !== undefined) return error;
  return new TrifoldError(error.code, error.message, { ...error.details, place: { file: path } });
}

function refuseNewer(path: string, value: Readonly<Record<string, unknown>>): void {
  const version = value.formatVersion;
  if (!isCount(version) || version <= RUN_FORMAT_VERSION) return;
  const writer = typeof value.packageVersion === 'string' ? ` (trifold ${value.packageVersion})` : '';
  throw new TrifoldError(
    'foreign',
    `the run has format ${version}, written by a newer version${writer}; this one reads formats up to ${RUN_FORMAT_VERSION}`,
    { place: { file: path }, hint: 'use the version that wrote it, or a newer one' },
  );
}

function isDescription(value: unknown): value is RunDescription {
  return (
    isObject(value) &&
    value.format === 'trifold-run' &&
    isCount(value.formatVersion) &&
    typeof value.packageVersion === 'string' &&
    typeof value.createdAt === 'string' &&
    Array.isArray(value.command) &&
    value.command.every((word) => typeof word === 'string') &&
    typeof value.seed === 'number' &&
    (value.mark === undefined || typeof value.mark === 'string')
  );
}

function isCheckpoint(value: unknown): value is Checkpoint {
  return (
    isObject(value) &&
    isCount(value.formatVersion) &&
    isCount(value.journalLines) &&
    isCount(value.journalBytes) &&
    typeof value.journalSha256 === 'string' &&
    (value.stateSha256 === undefined || typeof value.stateSha256 === 'string')
  );
}
