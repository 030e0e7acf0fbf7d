import { existsSync } from 'node:fs';
import { listRuns } from '../../study/read-run.ts';
import { readDescription } from '../../study/run-files.ts';
import { TrifoldError } from '../../util/errors.ts';
import { shellWord } from '../../util/shell-word.ts';

/** One run in a list. */
export interface RunRow {
  readonly directory: string;
  /** finished, running, locked, interrupted, or why it cannot be read. */
  readonly status: string;
  /** ISO 8601; empty when unreadable. */
  readonly startedAt: string;
  readonly command: string;
}

/**
 * The runs in a folder, oldest first.
 * @param options.mustExist whether a missing folder is an error; else it has no runs
 * @throws TrifoldError `not-found` for a missing folder, `io`
 */
export function runTable(folder: string, options: { readonly mustExist?: boolean } = {}): RunRow[] {
  if (options.mustExist === true && !existsSync(folder))
    throw new TrifoldError('not-found', `there is no folder ${folder}`, { hint: 'trifold runs lists those in runs/' });
  return listRuns(folder).map((one) =>
    one.kind === 'run'
      ? {
          directory: one.directory,
          status: one.status,
          startedAt: one.description.createdAt,
          command: one.description.command.map(shellWord).join(' '),
        }
      : { directory: one.directory, status: one.error.message, startedAt: '', command: '' },
  );
}

/** `kind` of the configuration of a run: `map`, `design`, `cosearch` or `exhaustive`; empty when it does not say. @throws TrifoldError `foreign`, `io` */
export function runKind(directory: string): string {
  const { configuration } = readDescription(directory);
  return typeof configuration === 'object' && configuration !== null && 'kind' in configuration
    ? String(configuration.kind)
    : '';
}
