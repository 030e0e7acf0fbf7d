import type { Command } from 'commander';
import type { CommonOptions } from '../../options/command.ts';
import { MAP, type MapRequest } from '../../options/map.ts';
import { TrifoldError } from '../../util/errors.ts';
import { addCommand } from '../command-line.ts';
import { print, printJson, progress } from '../context.ts';
import { withLayerPool } from '../layer-pool.ts';
import type { Resume } from '../run-limits.ts';

/** `trifold map`: the best mapping of each layer and of the network. */
export function addMapCommand(program: Command): void {
  addCommand(program, MAP, async ({ request, process, common }) => {
    const { ALL_DATAFLOWS, mapInputs } = await import('../../app/map/inputs.ts');
    if (request.dataflow === ALL_DATAFLOWS) {
      await printDataflowTable(request, process, common);
      return;
    }
    const { MAP_RUN } = await import('../../app/map/run.ts');
    const { describeMapResult } = await import('../text/map-text.ts');
    const { startAndShow } = await import('../run-command.ts');
    await startAndShow(
      MAP_RUN,
      mapInputs(request, { isForced: process.force, runFolder: process.out }),
      process.out ?? null,
      process,
      common,
      describeMapResult,
    );
  });
}

/** `--dataflow all`. */
async function printDataflowTable(
  request: MapRequest,
  {
    out,
    force,
    cache: isCached,
  }: { readonly out?: string | undefined; readonly force: boolean; readonly cache: boolean },
  common: CommonOptions,
): Promise<void> {
  if (out !== undefined || force)
    throw new TrifoldError(
      'usage',
      `a table of dataflows writes no files: it takes no ${out === undefined ? '--force' : '--out'}`,
      { hint: 'use --json' },
    );
  const { runDataflowTable, dataflowTableJson } = await import('../../app/map/dataflow-table.ts');
  const table = await withLayerPool(common, isCached, (pool) =>
    runDataflowTable(request, pool, (event) => {
      if (event.kind === 'note') progress(common, event.text);
    }),
  );
  if (common.json) {
    printJson(dataflowTableJson(table));
    return;
  }
  const { describeDataflowTable } = await import('../text/dataflow-table-text.ts');
  print(describeDataflowTable(table));
}

/** Continues a `map` run. */
export const resumeMap: Resume = async (directory, process, common) => {
  const { MAP_RUN } = await import('../../app/map/run.ts');
  const { describeMapResult } = await import('../text/map-text.ts');
  const { resumeAndShow } = await import('../run-command.ts');
  await resumeAndShow(MAP_RUN, directory, process, common, describeMapResult);
};
