import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Options that every command takes. */
export interface CommonOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly plain: boolean;
  readonly seed: number;
  readonly workers: number;
}

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

/** Adds the common options and an example to a command. */
export function withCommonOptions(command: Command, example: string): Command {
  return addCommonOptions(command, example, ['seed', 'workers', 'quiet', 'plain']);
}

/** The same for a command that neither draws numbers nor maps: it accepts all common options but shows --json and those named. */
export function withPlainOptions(command: Command, example: string, ...shown: readonly HiddenOption[]): Command {
  return addCommonOptions(command, example, shown);
}

/** Common options that some commands do not show. */
type HiddenOption = 'seed' | 'workers' | 'quiet' | 'plain';

function addCommonOptions(command: Command, example: string, shown: readonly string[]): Command {
  const workers = Math.min(8, availableParallelism());
  const others = [
    new Option('--seed <n>', 'seed of everything random').argParser(wholeNumber(0)).default(1),
    new Option('--workers <n>', 'worker threads; the result does not depend on it')
      .argParser(wholeNumber(1))
      .default(workers),
    new Option('--quiet', 'no progress on stderr').default(false),
    new Option('--plain', 'no live view').default(false),
  ];
  command.option('--json', 'print one JSON document on stdout, nothing else', false);
  for (const option of others) command.addOption(option.hideHelp(!shown.includes(option.name())));
  return command.addHelpText('after', `\nExample:\n  ${example}`);
}

/** Parser of a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`it must be a whole number of at least ${least}.`);
    return value;
  };
}

/** Parser of a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('it must be a number above 0.');
  return value;
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
export function progress(options: CommonOptions, text: string): void {
  if (!options.quiet) process.stderr.write(`${text}\n`);
}

/** Parser of a duration such as `500ms`, `10s`, `5m`, `1.5h`; a bare number is seconds. @returns seconds */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?$/.exec(text.trim());
  const value = match === null ? Number.NaN : Number(match[1]) * SECONDS[match[2] ?? 's']!;
  if (!(value > 0)) throw new InvalidArgumentError('it must be a duration such as 30s, 5m or 1h.');
  return value;
}

const SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, min: 60, h: 3600 };

/**
 * The end of a run: --json prints its document, and an interrupted run that has a folder says how it goes on.
 * @returns whether its text is wanted
 * @throws ExitSignal 130 when the run was interrupted
 */
export function endsInText(
  result: { readonly directory: string | null; readonly json: unknown },
  options: CommonOptions,
): boolean {
  if (result.json === null) {
    const { directory } = result;
    process.stderr.write(`interrupted${directory === null ? '' : `; continue with: trifold resume ${directory}`}\n`);
    throw new ExitSignal(EXIT.interrupted);
  }
  if (options.json) printJson(result.json);
  return !options.json;
}
