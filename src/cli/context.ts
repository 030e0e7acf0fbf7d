import type { CommonOptions } from '../options/command.ts';
import { describeError, type TrifoldError } from '../util/errors.ts';
import { jsonPieces } from '../util/json-pieces.ts';
import { shownJson, shownJsonText, shownLines, shownText } from '../util/shown-text.ts';
import { lostOutput, outputColumns, writeError, writeOut } from './streams.ts';
import { foldedLines } from './text/layout/folded-lines.ts';

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

/** Writes lines of results to stdout; on a terminal they are folded between words where they are wider than it is. */
export function print(text: string): void {
  writeOut(`${foldedLines(shownLines(text), outputColumns())}\n`);
}

/** Writes the text of a file, or a path, to stdout as it is. */
export function printAsIs(text: string): void {
  writeOut(`${shownLines(text)}\n`);
}

/** Characters of a document that are written at once. */
const WRITTEN_AT_ONCE = 65_536;

/** Writes one JSON document to stdout. */
export function printJson(value: unknown): void {
  let text = '';
  for (const piece of jsonPieces(value)) {
    text += piece;
    if (text.length < WRITTEN_AT_ONCE) continue;
    writeOut(shownJsonText(text));
    text = '';
  }
  writeOut(`${shownJsonText(text)}\n`);
}

/** Writes one JSON document to stdout, in one line. */
export function printJsonLine(value: unknown): void {
  writeOut(`${shownJson(value)}\n`);
}

/** Writes a line to stderr, also with --quiet; on a terminal it is folded as results are. */
export function warn(text: string): void {
  writeErrorLines(shownText(text));
}

/** Writes an error to stderr; on a terminal it is folded as results are. */
export function printError(error: TrifoldError): void {
  writeErrorLines(describeError(error));
}

function writeErrorLines(lines: string): void {
  writeError(`${foldedLines(lines, outputColumns('stderr'))}\n`);
}

/** Writes a line of progress to stderr. */
export function progress({ quiet }: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!quiet) warn(text);
}

/** The exit code of a command whose work ends with this one: another one, and an error, where its results did not reach stdout. */
export function withLostOutput(exitCode: number): number {
  const lost = lostOutput();
  if (lost === null) return exitCode;
  printError(lost);
  return EXIT.usage;
}
