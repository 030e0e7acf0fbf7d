import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { TrifoldError } from '../util/errors.ts';

const [STDIN, STDOUT, STDERR] = [0, 1, 2];
/** Codes of a reader that has gone: the other end of a pipe, or a terminal. It has what it wanted. */
const GONE: readonly string[] = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];
/** Milliseconds until a pipe that takes nothing now is asked again. */
const FULL_PIPE_MS = 5;

/** Why stdout takes nothing any more; undefined while it does. */
let lost: NodeJS.ErrnoException | undefined;

/** Keeps the loss of a stream from ending the process: it is kept in mind, and work goes on. */
export function surviveLostStreams(): void {
  process.stderr.on('error', () => undefined);
  if (isatty(STDIN)) process.stdin.on('error', () => undefined);
  if (isatty(STDOUT)) process.stdout.on('error', lose);
}

function lose(error: NodeJS.ErrnoException): void {
  lost ??= error;
}

/** Whether somebody may still read stdout. */
export function hasReader(): boolean {
  return lost === undefined;
}

/** Why what was written to stdout did not all arrive; null when it did, and when its reader has gone, who has what he wanted. */
export function lostOutput(): TrifoldError | null {
  if (lost === undefined || GONE.includes(lost.code ?? '')) return null;
  return new TrifoldError('io', `cannot write the results to stdout: ${lost.message}`, {
    hint: 'free some space, or send them elsewhere',
  });
}

/** The streams of a terminal, for a view. */
export function terminalStreams(): { readonly stdout: NodeJS.WriteStream; readonly stdin: NodeJS.ReadStream } {
  return { stdout: process.stdout, stdin: process.stdin };
}

/** Whether what is written goes to a terminal. @param stream default: that of results */
export function writesToTerminal(stream: 'stdout' | 'stderr' = 'stdout'): boolean {
  return isatty(stream === 'stdout' ? STDOUT : STDERR);
}

/** Columns that a terminal has at least; narrower ones fold lines themselves. */
const LEAST_COLUMNS = 20;

/**
 * Columns that lines on a stream may take: those of its terminal, or what COLUMNS says if that is fewer; no limit for files, pipes, and terminals without a size.
 * @param stream default: that of results
 */
export function outputColumns(
  stream: 'stdout' | 'stderr' = 'stdout',
  { COLUMNS }: { readonly COLUMNS?: string } = process.env,
): number {
  if (!writesToTerminal(stream)) return Number.POSITIVE_INFINITY;
  const [own, asked] = [process[stream].columns, Number(COLUMNS)].map((columns) =>
    columns > 0 ? columns : Number.POSITIVE_INFINITY,
  );
  return Math.max(LEAST_COLUMNS, Math.min(own!, asked!));
}

/**
 * Writes to stdout as it is; but on a terminal, all of it before it returns. Node's own streams for files take no notice of what a full disk leaves
 * out, and those for pipes lose what is still to be written when the process ends.
 */
export function writeOut(text: string): void {
  if (lost !== undefined) return;
  if (isatty(STDOUT)) {
    process.stdout.write(text);
    return;
  }
  try {
    writeAll(Buffer.from(text));
  } catch (error) {
    lose(error as NodeJS.ErrnoException);
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

/** Writes to stderr as it is. A reader that takes nothing for a while does not hold the process up. */
export function writeError(text: string): void {
  process.stderr.write(text);
}
