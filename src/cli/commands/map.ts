import { type Command, Option } from 'commander';
import type { CommonOptions } from '../context.ts';
import { duration, print, printJson, progress, wholeNumber, withCommonOptions } from '../context.ts';

interface MapOptions extends CommonOptions {
  readonly accelerator: string;
  readonly objective: string;
  readonly subjectTo: readonly string[];
  readonly mapper: 'exact' | 'cmaes' | 'cmaes-index' | 'evolution' | 'random';
  readonly dataflow?: string;
  readonly constraints?: string;
  readonly layer?: string;
  readonly batch: number;
  readonly factors: 'perfect' | 'imperfect';
  readonly technology?: string;
  readonly temporalReuse: 'exact' | 'timeloop';
  readonly evaluations: number;
  readonly time?: number;
  readonly save?: string;
  readonly explain: boolean;
}

/** `trifold map`: the best mapping of each layer and of the network. */
export function addMapCommand(program: Command): void {
  const command = program
    .command('map')
    .description('find the best mapping of each layer and of the network on an accelerator, with a certificate')
    .argument('<workload>', 'network preset or YAML file')
    .requiredOption('--accelerator <name|file>', 'accelerator preset or YAML file')
    .option('--objective <name|expression>', 'edp, energy, latency, ed2p, or e.g. "energy * latency^2"', 'edp')
    .option('--subject-to <limit>', 'a limit such as "latency < 2 ms"; may be repeated', collect, [])
    .addOption(
      new Option('--mapper <name>', 'exact proves its answer; the others sample')
        .choices(['exact', 'cmaes', 'cmaes-index', 'evolution', 'random'])
        .default('exact'),
    )
    .option('--dataflow <name|file>', 'only mappings of this dataflow, e.g. weight-stationary')
    .option('--constraints <file>', 'a partial mapping: fixed factors, orders, kept tensors')
    .option('--layer <name>', 'only this layer')
    .option('--batch <n>', 'inputs that run together', wholeNumber(1), 1)
    .addOption(
      new Option('--factors <kind>', 'how dims are split').choices(['perfect', 'imperfect']).default('perfect'),
    )
    .option('--technology <name|file>', 'technology table instead of the accelerator’s own')
    .addOption(
      new Option('--temporal-reuse <rule>', 'how overlapping tiles are counted')
        .choices(['exact', 'timeloop'])
        .default('exact'),
    )
    .option('--evaluations <n>', 'mappings that a sampled mapper scores per layer', wholeNumber(1), 10_000)
    .option(
      '--time <duration>',
      'end the search of each layer after this time with the gap that remains, e.g. 10s',
      duration,
    )
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

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
