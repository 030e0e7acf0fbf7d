import type { Command } from 'commander';
import { MAP } from '../../options/map.ts';
import { addCommand } from '../command-line.ts';
import type { Resume } from '../run-limits.ts';

/** `trifold map`: the best mapping of each layer and of the network. */
export function addMapCommand(program: Command): void {
  addCommand(program, MAP, async ({ request, process, common }) => {
    const { MAP_RUN } = await import('../../app/map/run.ts');
    const { mapInputs } = await import('../../app/map/inputs.ts');
    const { describeMapResult } = await import('../text/map-text.ts');
    const { startAndShow } = await import('../run-command.ts');
    await startAndShow(
      MAP_RUN,
      mapInputs(request, process.force),
      process.out ?? null,
      process,
      common,
      describeMapResult,
    );
  });
}

/** Continues a `map` run. */
export const resumeMap: Resume = async (directory, process, common) => {
  const { MAP_RUN } = await import('../../app/map/run.ts');
  const { describeMapResult } = await import('../text/map-text.ts');
  const { resumeAndShow } = await import('../run-command.ts');
  await resumeAndShow(MAP_RUN, directory, process, common, describeMapResult);
};
