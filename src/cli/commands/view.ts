import type { Command } from 'commander';
import { type CommonOptions, print, printJson, progress, withPlainOptions } from '../context.ts';
import { wantsLiveView } from '../run-observer.ts';

/** `trifold watch`, `trifold report` and `trifold compare`: looking at runs. */
export function addViewCommands(program: Command): void {
  const watch = program
    .command('watch')
    .description('follow a running or finished run from another terminal')
    .argument('<run>', 'run folder');
  withPlainOptions(watch, 'trifold watch runs/resnet50-eyeriss-1', 'quiet', 'plain').action(
    async (directory: string, options: CommonOptions) => {
      const { watchRun } = await import('../../app/run/watch.ts');
      const end = new AbortController();
      if (wantsLiveView(options)) await watchLive(directory, end, watchRun);
      else await watchLines(directory, options, end, watchRun);
    },
  );
  const report = program
    .command('report')
    .description('write the report of a run as one HTML file and CSV files')
    .argument('<run>', 'run folder')
    .option('--out <dir>', 'folder for the files (default: report/ in the run folder)');
  withPlainOptions(report, 'trifold report runs/resnet50-eyeriss-1').action(
    async (directory: string, options: CommonOptions & { readonly out?: string }) => {
      const { writeReport } = await import('../../app/run/report.ts');
      const path = await writeReport(directory, options.out);
      if (options.json) printJson({ report: path });
      else print(path);
    },
  );
  const compare = program
    .command('compare')
    .description('two runs side by side as one HTML file and CSV files')
    .argument('<run>', 'run folder')
    .argument('<other>', 'run folder')
    .option('--out <dir>', 'folder for the files', 'comparison');
  withPlainOptions(compare, 'trifold compare runs/resnet50-eyeriss-1 runs/resnet50-eyeriss-2').action(
    async (first: string, second: string, options: CommonOptions & { readonly out: string }) => {
      const { writeComparison } = await import('../../app/run/report.ts');
      const path = await writeComparison(first, second, options.out);
      if (options.json) printJson({ comparison: path });
      else print(path);
    },
  );
}

type Watch = typeof import('../../app/run/watch.ts').watchRun;

async function watchLive(directory: string, end: AbortController, watchRun: Watch): Promise<void> {
  const { openLiveView } = await import('../../tui/live-view.tsx');
  const { writeReport } = await import('../../app/run/report.ts');
  const open = () =>
    openLiveView({
      stdout: process.stdout,
      stdin: process.stdin,
      readOnly: true,
      actions: { stop: () => end.abort(), togglePause: () => false, writeReport: () => writeReport(directory) },
    });
  let view = open();
  try {
    for await (const watched of watchRun(directory, end.signal)) {
      switch (watched.kind) {
        case 'event':
          view.onEvent(watched.event);
          break;
        case 'carried':
          view.onAttended(watched.isCarried);
          break;
        case 'restarted':
          await view.close();
          view = open();
      }
    }
    if (!end.signal.aborted)
      await new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    await view.close();
  }
}

async function watchLines(
  directory: string,
  options: CommonOptions,
  end: AbortController,
  watchRun: Watch,
): Promise<void> {
  const { progressLine } = await import('../text/progress-text.ts');
  process.once('SIGINT', () => end.abort());
  for await (const watched of watchRun(directory, end.signal)) {
    if (watched.kind === 'restarted') {
      progress(options, 'the run was resumed from its last checkpoint');
      continue;
    }
    if (watched.kind === 'carried') {
      const gone = `no process works on this run any more; trifold resume ${directory} continues it`;
      progress(options, watched.isCarried ? 'a process works on this run again' : gone);
      continue;
    }
    if (options.json) print(JSON.stringify(watched.event));
    else {
      const line = progressLine(watched.event);
      if (line !== null) print(line);
    }
  }
}
