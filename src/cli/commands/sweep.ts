import type { Command } from 'commander';
import { SWEEP } from '../../options/sweep.ts';
import { addCommand } from '../command-line.ts';
import { print, printJson, progress } from '../context.ts';
import { untilInterrupted } from '../interrupts.ts';

/** `trifold sweep`: best figures over one or two parameters of the accelerator. */
export function addSweepCommand(program: Command): void {
  addCommand(program, SWEEP, async ({ request, process: { csv, cache: isCached }, common }) => {
    const { runSweep, sweepJson } = await import('../../app/sweep/sweep.ts');
    const { openLayerPool } = await import('../../app/layers/layer-pool.ts');
    const { userCache } = await import('../../app/layers/cache-folder.ts');
    const cache = userCache('layers', isCached, process.env);
    const result = await untilInterrupted((signal) => {
      const { workers } = common;
      const pool = openLayerPool({ workers, offMainThread: true, signal, ...(cache && { cache }) });
      return runSweep({ ...request, csv }, pool, (event) => {
        if (event.kind === 'note') progress(common, event.text);
      }).finally(pool.close);
    });
    if (common.json) {
      printJson(sweepJson(result));
      return;
    }
    const { describeSweep } = await import('../text/sweep-text.ts');
    print(describeSweep(result));
  });
}
