import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { CommonOptions } from '../options/command.ts';

/** Exit codes that scripts rely on. */
export const EXIT = { done: 0, failed: 1, usage: 2, infeasible: 3, interrupted: 130 } as const;

/** Ends a command with an exit code and no message. */
export class ExitSignal extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Codes of a reader that has gone: the other end of a pipe, or a terminal. It has what it wanted. */
const GONE: readonly string[] = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];
/** Milliseconds until a pipe that takes nothing now is asked again. */
const FULL_PIPE_MS = 5;
const STDOUT = 1;

/** Why results could not be written; undefined while they can. */
let lostResults: NodeJS.ErrnoException | undefined;

/** Keeps the loss of a stream from ending the process: what is lost is kept in mind, and work goes on. */
export function surviveLostStreams(): void {
  process.stderr.on('error', () => undefined);
  process.stdin.on('error', () => undefined);
  if (isatty(STDOUT)) process.stdout.on('error', loseResults);
}

function loseResults(error: NodeJS.ErrnoException): void {
  lostResults ??= error;
}

/** Whether somebody may still read the results. */
export function hasReader(): boolean {
  return lostResults === undefined;
}

/** The streams of a terminal, for a view. */
export function terminalStreams(): { readonly stdout: NodeJS.WriteStream; readonly stdin: NodeJS.ReadStream } {
  return { stdout: process.stdout, stdin: process.stdin };
}

/**
 * Writes results to stdout as they are, all of them before it returns, but on a terminal. Node's own streams for files take no notice of what a full disk
 * leaves out, and those for pipes lose what is still to be written when the process ends.
 */
export function printText(text: string): void {
  if (lostResults !== undefined) return;
  if (isatty(STDOUT)) {
    process.stdout.write(text);
    return;
  }
  try {
    writeAll(Buffer.from(text));
  } catch (error) {
    loseResults(error as NodeJS.ErrnoException);
  }
}

function writeAll(bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(STDOUT, bytes, written);
    } catch (error) {
      // Another process may have made the pipe one that does not wait.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
    }
  }
}

/** Writes a line of results to stdout. */
export function print(text: string): void {
  printText(`${text}\n`);
}

/** Writes one JSON document to stdout. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Writes to stderr as it is. */
export function sayText(text: string): void {
  process.stderr.write(text);
}

/** Writes a line to stderr: an error, or what a person must know. */
export function say(text: string): void {
  sayText(`${text}\n`);
}

/** Writes a line of progress to stderr. */
export function progress({ quiet }: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!quiet) say(text);
}

/** The exit code of a command whose work ends with `exitCode`: another one where results were lost. A reader that has gone has what it wanted. */
export function withLostResults(exitCode: number): number {
  if (lostResults === undefined || GONE.includes(lostResults.code ?? '')) return exitCode;
  say(
    `cannot write the results to stdout: ${lostResults.message} [io]\n  hint: free some space, or send them elsewhere`,
  );
  return EXIT.usage;
}
