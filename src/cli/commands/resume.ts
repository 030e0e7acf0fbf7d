import type { Command } from 'commander';
import { TrifoldError } from '../../util/errors.ts';
import type { CommonOptions } from '../context.ts';
import { duration, wholeNumber, withCommonOptions } from '../context.ts';
import { observeRun, wantsLiveView } from '../run-observer.ts';
import { type LimitOptions, searchLimits } from '../search-limits.ts';
import { showCosearchResult } from './cosearch.ts';
import { showDesignResult } from './design.ts';
import { showMapResult } from './map.ts';

type ResumeOptions = CommonOptions & LimitOptions;

/** `trifold resume`: goes on with a run of any kind. */
export function addResumeCommand(program: Command): void {
  const command = program
    .command('resume')
    .description('continue an interrupted run; it ends as if it had never stopped')
    .argument('<run>', 'run folder')
    .option(
      '--time <duration>',
      'end the search of a design or co-search after this time of this process; the final mappings follow',
      duration,
    )
    .option('--evaluations <n>', 'end the search of a design or co-search after this many candidates', wholeNumber(1))
    .option('--no-cache', 'map anew, without the results of earlier commands (TRIFOLD_CACHE names their folder)');
  withCommonOptions(command, 'trifold resume runs/resnet50-eyeriss-1').action(resume);
}

async function resume(directory: string, options: ResumeOptions): Promise<void> {
  const { runKind } = await import('../../app/run/kind.ts');
  switch (runKind(directory)) {
    case 'map':
      refuseLimits(options, 'a map run maps every layer');
      return resumeMap(directory, options);
    case 'exhaustive': {
      refuseLimits(options, 'an exhaustive co-search scores every network');
      const { resumeExhaustiveCommand } = await import('../exhaustive-command.ts');
      return resumeExhaustiveCommand(directory, options);
    }
    case 'cosearch':
      return resumeCosearch(directory, options);
    default:
      return resumeDesign(directory, options);
  }
}

/** @throws TrifoldError `usage` when limits are given that would change nothing */
function refuseLimits({ time, evaluations }: ResumeOptions, why: string): void {
  const given = [...(time === undefined ? [] : ['--time']), ...(evaluations === undefined ? [] : ['--evaluations'])];
  if (given.length > 0)
    throw new TrifoldError('usage', `${why}: it has no end by ${given.join(' or ')}`, {
      hint: `leave out ${given.join(' and ')}; Ctrl-C saves the run`,
    });
}

async function resumeDesign(directory: string, options: ResumeOptions): Promise<void> {
  const { resumeDesignRun } = await import('../../app/design/run.ts');
  const limits = await searchLimits(options, wantsLiveView(options));
  const observer = await observeRun(options);
  const result = await resumeDesignRun(directory, limits, observer.listener).finally(observer.close);
  await showDesignResult(result, options);
}

async function resumeCosearch(directory: string, options: ResumeOptions): Promise<void> {
  const { resumeCosearchRun } = await import('../../app/cosearch/run.ts');
  const limits = await searchLimits(options, true);
  const observer = await observeRun(options);
  const result = await resumeCosearchRun(directory, limits, observer.listener).finally(observer.close);
  await showCosearchResult(result, options);
}

async function resumeMap(directory: string, options: ResumeOptions): Promise<void> {
  const { resumeMapRun } = await import('../../app/map/run.ts');
  const { userLayerCache } = await import('../../app/layers/cache-folder.ts');
  const cache = userLayerCache(options.cache, process.env);
  const observer = await observeRun(options);
  const limits = { workers: options.workers, offMainThread: true, ...(cache === undefined ? {} : { cache }) };
  const result = await resumeMapRun(directory, limits, observer.listener).finally(observer.close);
  await showMapResult(result, options);
}
