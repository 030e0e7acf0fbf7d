import type { Command } from 'commander';
import { RUNS } from '../../options/runs.ts';
import { addCommand } from '../command-line.ts';
import { print, printJson } from '../context.ts';

/** `trifold runs`: what runs there are. */
export function addRunsCommand(program: Command): void {
  addCommand(program, RUNS, async ({ request, common }) => {
    const { runTable } = await import('../../app/run/list.ts');
    const folder = request.folder ?? 'runs';
    const rows = runTable(folder, { mustExist: request.folder !== undefined });
    if (common.json) {
      printJson(rows);
      return;
    }
    const { describeRuns } = await import('../text/runs-text.ts');
    print(describeRuns(rows, folder));
  });
}
