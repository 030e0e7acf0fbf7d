import type { Command } from 'commander';
import type { CommonOptions } from '../context.ts';
import { duration, print, printJson, wholeNumber, withCommonOptions, withPlainOptions } from '../context.ts';
import { observeRun } from '../run-observer.ts';
import { showCosearchResult } from './cosearch.ts';
import { showDesignResult } from './design.ts';
import { showMapResult } from './map.ts';

interface ResumeOptions extends CommonOptions {
  readonly time?: number;
  readonly evaluations?: number;
  /** False with --no-cache. */
  readonly cache: boolean;
}

/** Where runs without --out go. */
const DEFAULT_FOLDER = 'runs';

/** `trifold runs` and `trifold resume`. */
export function addRunCommands(program: Command): void {
  const runs = program
    .command('runs')
    .description('the runs in a folder: finished, running or interrupted')
    .argument('[folder]', `folder of run folders (default: ${DEFAULT_FOLDER})`);
  withPlainOptions(runs, 'trifold runs').action(async (folder: string | undefined, options: CommonOptions) => {
    const { runTable } = await import('../../app/run-list.ts');
    const rows = runTable(folder ?? DEFAULT_FOLDER, { mustExist: folder !== undefined });
    if (options.json) {
      printJson(rows);
      return;
    }
    const { formatTable } = await import('../table.ts');
    print(
      rows.length === 0
        ? `no runs in ${folder ?? DEFAULT_FOLDER}`
        : formatTable(
            [{ title: 'run' }, { title: 'status' }, { title: 'started' }, { title: 'command' }],
            rows.map((row) => [row.directory, row.status, row.startedAt, row.command]),
          ),
    );
  });
  const resume = program
    .command('resume')
    .description('continue an interrupted run; it ends as if it had never stopped')
    .argument('<run>', 'run folder')
    .option('--time <duration>', 'end the search after this time of this process', duration)
    .option('--evaluations <n>', 'end the search after this many candidates in all', wholeNumber(1))
    .option('--no-cache', 'map anew, without the results of earlier commands (TRIFOLD_CACHE names their folder)');
  withCommonOptions(resume, 'trifold resume runs/resnet50-eyeriss-1').action(
    async (directory: string, options: ResumeOptions) => {
      const { runKind } = await import('../../app/resume-run.ts');
      const { workers, time, evaluations } = options;
      const kind = runKind(directory);
      if (kind === 'map') {
        await resumeMap(directory, options);
        return;
      }
      if (kind === 'exhaustive') {
        const { resumeExhaustiveCommand } = await import('../exhaustive-command.ts');
        await resumeExhaustiveCommand(directory, options);
        return;
      }
      if (kind === 'cosearch') {
        await resumeCosearch(directory, options);
        return;
      }
      const { resumeDesignRun } = await import('../../app/design-run.ts');
      const { userCaches } = await import('../../app/cache-folder.ts');
      const caches = userCaches(options.cache, process.env);
      const observer = await observeRun(options);
      const result = await resumeDesignRun(
        directory,
        {
          workers,
          offMainThread: observer.isLive,
          ...(caches === undefined ? {} : { caches }),
          ...(time === undefined ? {} : { time }),
          ...(evaluations === undefined ? {} : { evaluations }),
        },
        observer.listener,
      ).finally(observer.close);
      await showDesignResult(result, options);
    },
  );
}

async function resumeCosearch(directory: string, options: ResumeOptions): Promise<void> {
  const { resumeCosearchRun } = await import('../../app/cosearch-run.ts');
  const { userCaches } = await import('../../app/cache-folder.ts');
  const caches = userCaches(options.cache, process.env);
  const { workers, time, evaluations } = options;
  const observer = await observeRun(options);
  const limits = {
    workers,
    offMainThread: true,
    ...(caches === undefined ? {} : { caches }),
    ...(time === undefined ? {} : { time }),
    ...(evaluations === undefined ? {} : { evaluations }),
  };
  const result = await resumeCosearchRun(directory, limits, observer.listener).finally(observer.close);
  await showCosearchResult(result, options);
}

async function resumeMap(directory: string, options: ResumeOptions): Promise<void> {
  const { resumeMapRun } = await import('../../app/map-run.ts');
  const observer = await observeRun(options);
  const { userLayerCache } = await import('../../app/cache-folder.ts');
  const cache = userLayerCache(options.cache, process.env);
  const limits = { workers: options.workers, offMainThread: true, ...(cache === undefined ? {} : { cache }) };
  const result = await resumeMapRun(directory, limits, observer.listener).finally(observer.close);
  await showMapResult(result, options);
}
