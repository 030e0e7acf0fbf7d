import type { Command } from 'commander';
import { SWEEP } from '../../options/sweep.ts';
import { addCommand } from '../command-line.ts';
import { print, printError, printJson, progress } from '../context.ts';
import { withLayerPool } from '../layer-pool.ts';

/** `trifold sweep`: best figures over one or two parameters of the accelerator. */
export function addSweepCommand(program: Command): void {
  addCommand(program, SWEEP, async ({ request, process: { csv, force, cache: isCached }, common }) => {
    const { runSweep, sweepCsv, sweepJson } = await import('../../app/sweep/sweep.ts');
    const result = await withLayerPool(common, isCached, (pool) =>
      runSweep({ ...request, csv, isForced: force }, pool, (event) => {
        if (event.kind === 'note') progress(common, event.text);
      }),
    );
    const { tryWriteOutput } = await import('../../app/run/output-files.ts');
    const unwritten = csv === undefined ? null : tryWriteOutput(csv, sweepCsv(result), force);
    if (unwritten !== null) printError(unwritten.error);
    if (common.json) printJson(sweepJson(result));
    else {
      const { describeSweep } = await import('../text/sweep-text.ts');
      print(describeSweep(result));
    }
    if (unwritten === null) return;
    const { showUnwritten } = await import('../run-command.ts');
    showUnwritten([{ ...unwritten, keptIn: null }], common);
  });
}
