import { TrifoldError } from '../util/errors.ts';
import { type CommonOptions, endsInText, print } from './context.ts';
import { observeRun } from './run-observer.ts';

/** Options of `trifold cosearch` that an exhaustive one knows. */
export interface ExhaustiveOptions extends CommonOptions {
  readonly space: string;
  readonly budget?: string;
  readonly accelerator?: string;
  readonly technology?: string;
  readonly minAccuracy?: number;
  readonly accuracy: string;
  readonly accuracyTime?: number;
  readonly recorded?: string;
  readonly factors: 'perfect' | 'imperfect';
  readonly nodeLimit: number;
  readonly out?: string;
  readonly time?: number;
  readonly evaluations?: number;
  readonly target?: number;
}

/** `trifold cosearch --search exhaustive`: all networks of a space on one accelerator. */
export async function runExhaustiveCommand(options: ExhaustiveOptions): Promise<void> {
  const { space, budget, accelerator, technology, minAccuracy, recorded, factors, seed, time, evaluations, target } =
    options;
  if (accelerator === undefined || budget !== undefined)
    throw new TrifoldError('usage', 'an exhaustive co-search scores networks on one accelerator', {
      hint: 'give --accelerator, not --budget',
    });
  if (time !== undefined || evaluations !== undefined || target !== undefined)
    throw new TrifoldError('usage', 'an exhaustive co-search scores every network: it has no other end', {
      hint: 'leave out --time, --evaluations and --target; Ctrl-C saves the run',
    });
  const { startExhaustiveRun } = await import('../app/exhaustive/run.ts');
  const { parseAccuracySource } = await import('../app/cosearch/accuracy-source.ts');
  const accuracy = parseAccuracySource(options.accuracy, options.accuracyTime);
  const observer = await observeRun(options);
  const result = await startExhaustiveRun(
    {
      space,
      accelerator,
      ...(technology === undefined ? {} : { technology }),
      accuracy,
      batch: 1,
      objective: 'edp',
      floorPercent: minAccuracy ?? null,
      ...(recorded === undefined ? {} : { recordedColumn: recorded }),
      factors,
      // Perfect factors are always proven; imperfect ones can take long.
      ...(factors === 'perfect' ? {} : { nodeLimit: options.nodeLimit }),
      seed,
    },
    options.out,
    ['trifold', ...process.argv.slice(2)],
    { workers: options.workers, offMainThread: observer.isLive },
    observer.listener,
  ).finally(observer.close);
  await showExhaustiveResult(result, options);
}

/** Continues an exhaustive co-search. */
export async function resumeExhaustiveCommand(directory: string, options: CommonOptions): Promise<void> {
  const { resumeExhaustiveRun } = await import('../app/exhaustive/run.ts');
  const observer = await observeRun(options);
  const limits = { workers: options.workers, offMainThread: observer.isLive };
  const result = await resumeExhaustiveRun(directory, limits, observer.listener).finally(observer.close);
  await showExhaustiveResult(result, options);
}

/** Prints the end of an exhaustive co-search; an interrupted one ends with exit code 130. */
async function showExhaustiveResult(
  result: Awaited<ReturnType<typeof import('../app/exhaustive/run.ts').startExhaustiveRun>>,
  options: CommonOptions,
): Promise<void> {
  if (!endsInText(result, options)) return;
  const { describeExhaustiveResult } = await import('./text/exhaustive-text.ts');
  print(describeExhaustiveResult(result));
}
