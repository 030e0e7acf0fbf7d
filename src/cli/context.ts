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

/** Writes a line of results to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes one JSON document to stdout. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Writes a line of progress to stderr. */
export function progress({ quiet }: Pick<CommonOptions, 'quiet'>, text: string): void {
  if (!quiet) process.stderr.write(`${text}\n`);
}
