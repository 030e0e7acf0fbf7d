import type { CommonOptions } from '../options/command.ts';
import { shownJson, shownLines, shownText } from '../util/shown-text.ts';

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

/** Writes lines of results to stdout. */
export function print(text: string): void {
  process.stdout.write(`${shownLines(text)}\n`);
}

/** Writes one JSON document to stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${shownJson(value, 2)}\n`);
}

/** Writes one JSON document to stdout, in one line. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${shownJson(value)}\n`);
}

/** Writes a line to stderr, also with --quiet. */
export function warn(text: string): void {
  process.stderr.write(`${shownText(text)}\n`);
}

/** Writes a line of progress to stderr. */
export function progress({ quiet }: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!quiet) warn(text);
}
