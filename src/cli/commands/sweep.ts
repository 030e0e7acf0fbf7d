import type { Command } from 'commander';
import { SWEEP } from '../../options/sweep.ts';
import { addCommand } from '../command-line.ts';
import { print, printJson, progress } from '../context.ts';
import { withLayerPool } from '../layer-pool.ts';

/** `trifold sweep`: best figures over one or two parameters of the accelerator. */
export function addSweepCommand(program: Command): void {
  addCommand(program, SWEEP, async ({ request, process: { csv, cache: isCached }, common }) => {
    const { runSweep, sweepJson } = await import('../../app/sweep/sweep.ts');
    const result = await withLayerPool(common, isCached, (pool) =>
      runSweep({ ...request, csv }, pool, (event) => {
        if (event.kind === 'note') progress(common, event.text);
      }),
    );
    if (common.json) {
      printJson(sweepJson(result));
      return;
    }
    const { describeSweep } = await import('../text/sweep-text.ts');
    print(describeSweep(result));
  });
}
