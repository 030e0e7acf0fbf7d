import type { Command } from 'commander';
import type { CommonOptions } from '../context.ts';
import { print, printJson, withPlainOptions } from '../context.ts';

/** Where runs without --out go. */
const DEFAULT_FOLDER = 'runs';

/** `trifold runs`: what runs there are. */
export function addRunsCommand(program: Command): void {
  const runs = program
    .command('runs')
    .description('the runs in a folder: finished, running or interrupted')
    .argument('[folder]', `folder of run folders (default: ${DEFAULT_FOLDER})`);
  withPlainOptions(runs, 'trifold runs').action(async (folder: string | undefined, options: CommonOptions) => {
    const { runTable } = await import('../../app/run/list.ts');
    const rows = runTable(folder ?? DEFAULT_FOLDER, { mustExist: folder !== undefined });
    if (options.json) {
      printJson(rows);
      return;
    }
    const { formatTable } = await import('../text/table.ts');
    print(
      rows.length === 0
        ? `no runs in ${folder ?? DEFAULT_FOLDER}`
        : formatTable(
            ['run', 'status', 'started', 'command'],
            rows.map((row) => [row.directory, row.status, row.startedAt, row.command]),
          ),
    );
  });
}
