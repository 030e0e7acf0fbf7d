import { type Command, Option } from 'commander';
import { duration, wholeNumber } from './context.ts';

/** Options of the commands that map a network on one accelerator. */
export interface MappingOptions {
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
  /** False with --no-cache. */
  readonly cache: boolean;
}

/** Adds the options that say what is mapped and how. */
export function addMappingOptions(command: Command): Command {
  return command
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
    .option('--no-cache', 'map anew, without the results of earlier commands (TRIFOLD_CACHE names their folder)');
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
