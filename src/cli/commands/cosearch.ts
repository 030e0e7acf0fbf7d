import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommonOptions } from '../context.ts';
import { duration, endsInText, positiveNumber, print, wholeNumber, withCommonOptions } from '../context.ts';
import { observeRun } from '../run-observer.ts';
import { searchLimits } from '../search-limits.ts';

interface CosearchOptions extends CommonOptions {
  readonly space: string;
  readonly budget?: string;
  readonly accelerator?: string;
  readonly baseline?: string;
  readonly technology?: string;
  readonly minAccuracy?: number;
  readonly accuracy: string;
  readonly accuracyTime?: number;
  readonly search: 'nested' | 'joint' | 'exhaustive';
  readonly pareto: boolean;
  readonly strategy: 'naas' | 'naas-index' | 'sizing' | 'random' | 'evolution';
  readonly generations?: number;
  readonly population?: number;
  readonly dimsPerAxis?: number;
  readonly arraySizes?: 'useful' | 'published';
  readonly networks: number;
  readonly iterations: number;
  readonly parentRatio: number;
  readonly mutationRatio: number;
  readonly mutationRate: number;
  readonly resolutionRate: number;
  readonly factors: 'perfect' | 'imperfect';
  readonly nodeLimit: number;
  /** False with --no-cache. */
  readonly cache: boolean;
  readonly out?: string;
  readonly time?: number;
  readonly evaluations?: number;
  readonly target?: number;
  readonly recorded?: string;
}

/** `trifold cosearch`: network, accelerator and mapping in one search. */
export function addCosearchCommand(program: Command): void {
  const command = program
    .command('cosearch')
    .description('search network, accelerator and mapping together, under an accuracy floor')
    .option('--space <name>', 'networks to draw from (docs/networks.md)', 'ofa-resnet50')
    .option('--budget <name|file>', 'hard limits of the accelerator')
    .option('--accelerator <name|file>', 'search networks for this accelerator instead')
    .option('--baseline <name|file>', 'accelerator to inherit from and compare with (default: the budget’s own)')
    .option('--technology <name|file>', 'technology table (default: the baseline’s)')
    .option('--min-accuracy <percent>', 'least top-1 accuracy of a network', positiveNumber)
    .option(
      '--accuracy <evaluator>',
      'predictor, table=FILE, command=LINE, imported=FILE or imported-calibrated=FILE',
      'predictor',
    )
    .option('--accuracy-time <duration>', 'time limit of an accuracy command per network', duration)
    .addOption(
      new Option(
        '--search <kind>',
        'nested = networks inside every accelerator, joint = both as one, exhaustive = all networks of a table on one accelerator',
      )
        .choices(['nested', 'joint', 'exhaustive'])
        .default('nested'),
    )
    .option('--pareto', 'the front of accuracy against EDP instead of one network', false)
    .addOption(
      new Option('--strategy <name>', 'how accelerators are proposed in a nested search')
        .choices(['naas', 'naas-index', 'sizing', 'random', 'evolution'])
        .default('naas'),
    )
    .option('--generations <n>', 'generations of the search (default: 20 nested, 60 otherwise)', wholeNumber(1))
    .option(
      '--population <n>',
      'accelerators per generation (nested, default: 8), pairs or networks (otherwise, default: 32)',
      wholeNumber(2),
    )
    .option(
      '--dims-per-axis <n>',
      'problem dims wired to an array axis, 1 to 6; 1 = as NAAS published (default: as many as an axis of the baseline)',
      wholeNumber(1),
    )
    .addOption(
      new Option(
        '--array-sizes <kind>',
        'sizes that perfect factors of some layer of the reference network fill, or any even ones as NAAS published (default: useful with perfect factors)',
      ).choices(['useful', 'published']),
    )
    .option(
      '--networks <n>',
      'nested: networks per iteration of every accelerator; the paper has 100',
      wholeNumber(2),
      16,
    )
    .option('--iterations <n>', 'nested: iterations of every accelerator; the paper has 500', wholeNumber(1), 4)
    .option('--parent-ratio <share>', 'share of the networks that become parents', share, 0.25)
    .option('--mutation-ratio <share>', 'share of mutations among the children', share, 0.5)
    .option('--mutation-rate <chance>', 'chance that a mutation draws a gene anew', share, 0.1)
    .option('--resolution-rate <chance>', 'the same of the resolution', share, 0.5)
    .addOption(new Option('--factors <kind>', 'loop factors').choices(['perfect', 'imperfect']).default('perfect'))
    .option(
      '--node-limit <n>',
      'partial mappings to bound per layer and candidate; the result is mapped without a limit',
      wholeNumber(1),
      300_000,
    )
    .option('--no-cache', 'map anew, without the results of earlier commands (TRIFOLD_CACHE names their folder)')
    .option('--out <dir>', 'run folder (default: runs/<name>-<n>)')
    .option('--time <duration>', 'end the search after this time, e.g. 5m; the final mappings follow', duration)
    .option('--evaluations <n>', 'end the search after this many candidates', wholeNumber(1))
    .option('--recorded <column>', 'exhaustive: latencies of the table to compare with (default: <accelerator>_ms)')
    .option('--target <edp>', 'end the search at this EDP in pJ*cycles', positiveNumber);
  withCommonOptions(command, 'trifold cosearch --space ofa-resnet50 --budget eyeriss --min-accuracy 78').action(
    runCosearchCommand,
  );
}

async function runCosearchCommand(options: CosearchOptions): Promise<void> {
  const { search } = options;
  if (search === 'exhaustive') {
    const { runExhaustiveCommand } = await import('../exhaustive-command.ts');
    return runExhaustiveCommand(options);
  }
  const { startCosearchRun } = await import('../../app/cosearch/run.ts');
  const { COSEARCH_DEFAULTS } = await import('../../app/cosearch/inputs.ts');
  const { parseAccuracySource } = await import('../../app/cosearch/accuracy-source.ts');
  const { budget, accelerator, baseline, technology } = options;
  const defaults = COSEARCH_DEFAULTS[search === 'nested' && budget !== undefined ? 'nested' : 'joint'];
  const request = {
    space: options.space,
    ...(budget === undefined ? {} : { budget }),
    ...(accelerator === undefined ? {} : { accelerator }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(technology === undefined ? {} : { technology }),
    floorPercent: options.minAccuracy ?? null,
    accuracy: parseAccuracySource(options.accuracy, options.accuracyTime),
    search,
    pareto: options.pareto,
    strategy: options.strategy,
    generations: options.generations ?? defaults.generations,
    populationSize: options.population ?? defaults.populationSize,
    ...(options.dimsPerAxis === undefined ? {} : { dimsPerAxis: options.dimsPerAxis }),
    ...(options.arraySizes === undefined ? {} : { arraySizes: options.arraySizes }),
    evolution: {
      population: options.networks,
      iterations: options.iterations,
      parentRatio: options.parentRatio,
      mutationRatio: options.mutationRatio,
      rates: { architecture: options.mutationRate, resolution: options.resolutionRate },
    },
    factors: options.factors,
    nodeLimit: options.nodeLimit,
    seed: options.seed,
  };
  const limits = await searchLimits(options, true);
  const observer = await observeRun(options);
  const commandLine = ['trifold', ...process.argv.slice(2)];
  const result = await startCosearchRun(request, options.out, commandLine, limits, observer.listener).finally(
    observer.close,
  );
  await showCosearchResult(result, options);
}

/** Prints the end of a co-search; an interrupted one ends with exit code 130. */
export async function showCosearchResult(
  result: Awaited<ReturnType<typeof import('../../app/cosearch/run.ts').startCosearchRun>>,
  options: CommonOptions,
): Promise<void> {
  if (!endsInText(result, options)) return;
  const { describeCosearchResult } = await import('../text/cosearch-text.ts');
  print(describeCosearchResult(result));
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('it must lie between 0 and 1.');
  return value;
}
