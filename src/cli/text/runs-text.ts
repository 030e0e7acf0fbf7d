import type { RunRow } from '../../app/run/list.ts';
import { shellWord } from '../../util/shell-word.ts';
import { formatTable } from './layout/table.ts';

/** Runs as a table; folders and commands as a shell takes them. */
export function describeRuns(rows: readonly RunRow[], folder: string): string {
  if (rows.length === 0) return `no runs in ${folder}`;
  return formatTable(
    ['run', 'status', 'started', 'command'],
    rows.map(({ directory, status, startedAt, command }) => [shellWord(directory), status, startedAt, command]),
  );
}
