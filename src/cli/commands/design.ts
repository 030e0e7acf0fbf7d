import { type Command, Option } from 'commander';
import type { CommonOptions } from '../context.ts';
import { duration, endsInText, positiveNumber, print, wholeNumber, withCommonOptions } from '../context.ts';
import { observeRun, wantsLiveView } from '../run-observer.ts';
import { searchLimits } from '../search-limits.ts';

interface DesignOptions extends CommonOptions {
  readonly budget: string;
  readonly baseline?: string;
  readonly technology?: string;
  readonly batch: number;
  readonly search: 'naas' | 'naas-index' | 'sizing' | 'random' | 'evolution';
  readonly generations: number;
  readonly population?: number;
  readonly dimsPerAxis?: number;
  readonly arraySizes?: 'useful' | 'published';
  readonly explorations?: number;
  readonly mapper: 'exact' | 'cmaes' | 'cmaes-index' | 'evolution' | 'random';
  readonly mapperEvaluations: number;
  readonly factors: 'perfect' | 'imperfect';
  readonly finalFactors?: 'perfect' | 'imperfect';
  readonly prune: boolean;
  /** False with --no-cache. */
  readonly cache: boolean;
  readonly out?: string;
  readonly time?: number;
  readonly evaluations?: number;
  readonly target?: number;
}

/** `trifold design`: the best accelerator within a budget and all mappings. */
export function addDesignCommand(program: Command): void {
  const command = program
    .command('design')
    .description('search the best accelerator within a budget for one or several networks, with all mappings')
    .argument('<workload...>', 'network presets or YAML files; several: geometric mean of EDP ratios')
    .requiredOption('--budget <name|file>', 'hard limits: PEs, on-chip memory, bandwidth, area, power')
    .option('--baseline <name|file>', 'accelerator to inherit from and compare with (default: the budget’s own)')
    .option('--technology <name|file>', 'technology table (default: the baseline’s)')
    .option('--batch <n>', 'inputs that run together', wholeNumber(1), 1)
    .addOption(
      new Option('--search <strategy>', 'naas = CMA-ES on importances; sizing = connectivity of the baseline')
        .choices(['naas', 'naas-index', 'sizing', 'random', 'evolution'])
        .default('naas'),
    )
    .option('--generations <n>', 'generations of the search', wholeNumber(1), 60)
    .option('--population <n>', 'candidates per generation', wholeNumber(2))
    .option(
      '--dims-per-axis <n>',
      `problem dims wired to an array axis, 1 to 6; 1 = as NAAS published (default: as many as an axis of the baseline)`,
      wholeNumber(1),
    )
    .addOption(
      new Option(
        '--array-sizes <kind>',
        'sizes that perfect factors of some layer fill, or any even ones as NAAS published (default: useful with perfect factors)',
      ).choices(['useful', 'published']),
    )
    .option(
      '--explorations <n>',
      'generations of random designs before each run of CMA-ES; 0 = CMA-ES once, as NAAS published (default: 4)',
      wholeNumber(0),
    )
    .addOption(
      new Option('--mapper <name>', 'level 1: exact, or sampled as in the paper')
        .choices(['exact', 'cmaes', 'cmaes-index', 'evolution', 'random'])
        .default('exact'),
    )
    .option('--mapper-evaluations <n>', 'mappings per layer of a sampled mapper', wholeNumber(1), 300)
    .addOption(
      new Option('--factors <kind>', 'factors inside the search').choices(['perfect', 'imperfect']).default('perfect'),
    )
    .addOption(
      new Option(
        '--final-factors <kind>',
        'factors of the final mappings of the design and the baseline; imperfect: where they are better (default: imperfect with the exact mapper)',
      ).choices(['perfect', 'imperfect']),
    )
    .option('--no-prune', 'map every candidate to the end')
    .option('--no-cache', 'map anew, without the results of earlier commands (TRIFOLD_CACHE names their folder)')
    .option('--out <dir>', 'run folder (default: runs/<name>-<n>)')
    .option('--time <duration>', 'end the search after this time, e.g. 5m; the final mappings follow', duration)
    .option('--evaluations <n>', 'end the search after this many candidates', wholeNumber(1))
    .option('--target <edp>', 'end the search at this EDP in pJ*cycles', positiveNumber);
  withCommonOptions(command, 'trifold design resnet50 --budget eyeriss --time 2m').action(
    async (workloads: string[], options: DesignOptions) => {
      const { startDesignRun } = await import('../../app/design/run.ts');
      const { population, dimsPerAxis, arraySizes, explorations, finalFactors } = options;
      const limits = await searchLimits(options, wantsLiveView(options));
      const observer = await observeRun(options);
      const result = await startDesignRun(
        {
          workloads,
          budget: options.budget,
          ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
          ...(options.technology === undefined ? {} : { technology: options.technology }),
          batch: options.batch,
          strategy: options.search,
          generations: options.generations,
          ...(population === undefined ? {} : { populationSize: population }),
          ...(dimsPerAxis === undefined ? {} : { dimsPerAxis }),
          ...(arraySizes === undefined ? {} : { arraySizes }),
          ...(explorations === undefined ? {} : { explorations }),
          mapper: options.mapper,
          mapperEvaluations: options.mapperEvaluations,
          factors: options.factors,
          ...(finalFactors === undefined ? {} : { finalFactors }),
          prune: options.prune,
          seed: options.seed,
        },
        options.out,
        ['trifold', ...process.argv.slice(2)],
        limits,
        observer.listener,
      ).finally(observer.close);
      await showDesignResult(result, options);
    },
  );
}

/** Prints the end of a design run; an interrupted one ends with exit code 130. */
export async function showDesignResult(
  result: Awaited<ReturnType<typeof import('../../app/design/run.ts').startDesignRun>>,
  options: CommonOptions,
): Promise<void> {
  if (!endsInText(result, options)) return;
  const { describeDesignResult } = await import('../text/design-text.ts');
  print(describeDesignResult(result));
}
