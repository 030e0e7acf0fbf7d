import { listRuns } from '../study/read-run.ts';

/** One run in a list. */
export interface RunRow {
  readonly directory: string;
  /** finished, running, locked, interrupted, or why it cannot be read. */
  readonly status: string;
  /** ISO 8601; empty when unreadable. */
  readonly startedAt: string;
  readonly command: string;
}

/** The runs in a folder, oldest first. @throws TrifoldError `io` */
export function runTable(folder: string): RunRow[] {
  return listRuns(folder).map((one) =>
    one.kind === 'run'
      ? {
          directory: one.directory,
          status: one.status,
          startedAt: one.description.createdAt,
          command: one.description.command.join(' '),
        }
      : { directory: one.directory, status: one.error.message, startedAt: '', command: '' },
  );
}
