import type { Command } from 'commander';
import type { CommonOptions } from '../context.ts';
import { print, printJson, progress, withCommonOptions } from '../context.ts';
import { addMappingOptions, type MappingOptions } from '../mapping-options.ts';

interface MapOptions extends CommonOptions, MappingOptions {
  readonly save?: string;
  readonly explain: boolean;
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
    .option(
      '--explain',
      'say why the mappings are the best: what stands still, what binds, the floors, and what a change of the hardware would bring (maps again for each; energies follow the technology)',
      false,
    );
  withCommonOptions(command, 'trifold map resnet18 --accelerator nvdla-256').action(
    async (workload: string, options: MapOptions) => {
      const { runMap, mapJson } = await import('../../app/map.ts');
      const result = runMap({ ...options, workload }, (event) => {
        if (event.kind === 'layer') progress(options, `mapped ${event.index + 1}/${event.count} ${event.layer.name}`);
        if (event.kind === 'note') progress(options, event.text);
      });
      if (options.json) {
        printJson(mapJson(result));
        return;
      }
      const { describeMapped } = await import('../map-text.ts');
      print(describeMapped(result));
      if (result.explanations === null) return;
      const { describeExplanations } = await import('../explain-text.ts');
      print(`\n${describeExplanations(result, result.explanations)}`);
    },
  );
}
