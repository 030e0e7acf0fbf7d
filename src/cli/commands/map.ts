import type { Command } from 'commander';
import type { MapRunResult } from '../../app/map/run.ts';
import type { CommonOptions } from '../context.ts';
import { endsInText, print, progress, withCommonOptions } from '../context.ts';
import { addMappingOptions, type MappingOptions } from '../mapping-options.ts';
import { observeRun, type RunObserver, wantsLiveView } from '../run-observer.ts';

interface MapOptions extends CommonOptions, MappingOptions {
  readonly save?: string;
  readonly explain: boolean;
  readonly out?: string;
}

/** `trifold map`: the best mapping of each layer and of the network. */
export function addMapCommand(program: Command): void {
  const command = program
    .command('map')
    .description('find the best mapping of each layer and of the network on an accelerator, with a certificate')
    .argument('<workload>', 'network preset or YAML file')
    .requiredOption('--accelerator <name|file>', 'accelerator preset or YAML file');
  addMappingOptions(command)
    .option('--save <file>', 'write the mappings as YAML that trifold eval reads')
    .option('--out <dir>', 'keep the run in this folder for watch, resume, report and compare (default: no folder)')
    .option(
      '--explain',
      'say why the mappings are the best: what stands still, what binds, the floors, and what a change of the hardware would bring (maps again for each; energies follow the technology)',
      false,
    );
  withCommonOptions(command, 'trifold map resnet18 --accelerator nvdla-256').action(
    async (workload: string, options: MapOptions) => {
      const { startMapRun } = await import('../../app/map/run.ts');
      const { userLayerCache } = await import('../../app/layers/cache-folder.ts');
      const { out, workers, cache: isCached, json: _json, quiet: _quiet, plain: _plain, ...request } = options;
      const cache = userLayerCache(isCached, process.env);
      // One worker without a view or a folder: the work holds this thread, and the system's own end by Ctrl-C is the right one.
      const isPlain = workers === 1 && out === undefined && !wantsLiveView(options);
      const observer = isPlain ? await printProgress(options) : await observeRun(options, out !== undefined);
      const result = await startMapRun(
        { ...request, workload },
        out,
        ['trifold', ...process.argv.slice(2)],
        { workers, offMainThread: observer.isLive || workers > 1, ...(cache === undefined ? {} : { cache }) },
        observer.listener,
      ).finally(observer.close);
      await showMapResult(result, options);
    },
  );
}

/** Progress lines, without listening for signals. */
async function printProgress(options: CommonOptions): Promise<RunObserver> {
  const { progressLine } = await import('../text/progress-text.ts');
  return {
    isLive: false,
    listener: {
      onEvent: (event) => {
        const line = progressLine(event);
        if (line !== null) progress(options, line);
      },
      isInterrupted: () => false,
    },
    close: async () => {},
  };
}

/** Prints the end of a `map` run; an interrupted one ends with exit code 130. */
export async function showMapResult(result: MapRunResult, options: CommonOptions): Promise<void> {
  if (!endsInText(result, options)) return;
  const { directory, finished } = result;
  if (finished === null) {
    print(`${directory} is finished already; its result is in ${directory}/summary.json and the YAML files beside it`);
    return;
  }
  const { describeMapped } = await import('../text/map-text.ts');
  print(describeMapped(finished));
  if (finished.explanations !== null) {
    const { describeExplanations } = await import('../text/explain-text.ts');
    print(`\n${describeExplanations(finished, finished.explanations)}`);
  }
  if (directory === null) return;
  const { mappingFileName } = await import('../../app/map/mapping-text.ts');
  print(`\nwritten to ${directory}: accelerator.yaml, ${mappingFileName(finished.inputs.network.name)}`);
}
