import type { Command } from 'commander';
import type { CommonOptions } from '../context.ts';
import { print, printJson, progress, withCommonOptions } from '../context.ts';
import { untilInterrupted } from '../interrupts.ts';
import { addMappingOptions, type MappingOptions } from '../mapping-options.ts';

interface SweepOptions extends CommonOptions, MappingOptions {
  readonly vary: readonly string[];
  readonly csv?: string;
}

const DETAILS = `
Parameters of --vary NAME=VALUES:
  L1, L2, GlobalBuffer ...     capacity of a level by name or alias (L1 = innermost on-chip level, L2 = the next)
  LEVEL.bandwidth              reads and writes together (read and write keep their proportion); .read, .write, .shared: one port
  X, Y, LEVEL.X                size of an array dimension
  batch                        inputs that run together
Values: a..b (doubling), 'a..b xN', 'a..b +N', or a list a,b,c; the end of a range is always a point. Units: KiB, MiB, words/cycle, GB/s.

Every point is the same search as trifold map on the edited accelerator. Energies per access follow the technology: where a larger memory
costs more per access, more is not always better.`;

/** `trifold sweep`: best figures over one or two parameters of the accelerator. */
export function addSweepCommand(program: Command): void {
  const command = program
    .command('sweep')
    .description('best EDP, energy and latency of a network over one or two parameters of the accelerator')
    .argument('<workload>', 'network preset or YAML file')
    .requiredOption('--accelerator <name|file>', 'accelerator preset or YAML file')
    .requiredOption('--vary <name=values>', 'parameter and values; may be given twice', collect, []);
  addMappingOptions(command).option('--csv <file>', 'write the points to a new file').addHelpText('after', DETAILS);
  withCommonOptions(command, "trifold sweep dqn --accelerator eyeriss --vary 'L2=32KiB..256KiB'").action(
    async (workload: string, options: SweepOptions) => {
      const { sweepWith, sweepJson } = await import('../../app/sweep/sweep.ts');
      const { openLayerPool } = await import('../../app/layers/layer-pool.ts');
      const { userLayerCache } = await import('../../app/layers/cache-folder.ts');
      const { workers, cache: isCached, ...request } = options;
      const cache = userLayerCache(isCached, process.env);
      const result = await untilInterrupted(workers, (interrupts) => {
        const pool = openLayerPool({ workers, ...interrupts, ...(cache === undefined ? {} : { cache }) });
        return sweepWith({ ...request, workload }, pool, (event) => {
          if (event.kind === 'note') progress(options, event.text);
        }).finally(pool.close);
      });
      if (options.json) {
        printJson(sweepJson(result));
        return;
      }
      const { describeSweep } = await import('../text/sweep-text.ts');
      print(describeSweep(result));
    },
  );
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
