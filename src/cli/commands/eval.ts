import { type Command, Option } from 'commander';
import type { CommonOptions } from '../context.ts';
import { print, printJson, wholeNumber, withPlainOptions } from '../context.ts';

interface EvalOptions extends CommonOptions {
  readonly accelerator: string;
  readonly workload: string;
  readonly mapping: string;
  readonly layer?: string;
  readonly batch?: number;
  readonly technology?: string;
  readonly temporalReuse: 'exact' | 'timeloop';
}

/** `trifold eval`: scores given mappings. */
export function addEvalCommand(program: Command): void {
  const command = program
    .command('eval')
    .description('score a mapping: cycles, utilization, energy, EDP, area, and every access count behind them')
    .requiredOption('--accelerator <name|file>', 'accelerator preset or YAML file')
    .requiredOption('--workload <name|file>', 'network preset or YAML file')
    .requiredOption('--mapping <name|file>', 'mapping preset or YAML file with complete mappings')
    .option('--layer <name>', 'only this layer')
    .option('--batch <n>', 'inputs that run together (default: the batch of the mapping file)', wholeNumber(1))
    .option('--technology <name|file>', 'technology table instead of the accelerator’s own')
    .addOption(
      new Option('--temporal-reuse <rule>', 'how overlapping tiles are counted')
        .choices(['exact', 'timeloop'])
        .default('exact'),
    );
  withPlainOptions(
    command,
    'trifold eval --accelerator eyeriss --workload alexnet --mapping eyeriss-alexnet --layer conv1',
  ).action(async (options: EvalOptions) => {
    const { evaluateMappings, networkJson } = await import('../../app/explain/evaluate.ts');
    const result = evaluateMappings({ ...options, cost: { temporalReuse: options.temporalReuse } });
    if (options.json) {
      const { MODEL_LIMITS } = await import('../../cost/analysis/breakdown.ts');
      printJson({
        command: 'eval',
        temporalReuse: options.temporalReuse,
        batch: result.batch,
        unmappedLayers: result.unmapped,
        ...networkJson(result.report),
        notModelled: MODEL_LIMITS,
      });
      return;
    }
    const { describeNetwork, describeLayerCounts, describeLimits } = await import('../text/report-text.ts');
    if (result.report.layers.length === 1)
      print(describeLayerCounts(result.report.accelerator, result.report.layers[0]!));
    print(describeNetwork(result.report));
    if (result.unmapped.length > 0) print(`\nNot mapped by the file, not counted: ${result.unmapped.join(', ')}`);
    print(describeLimits());
  });
}
