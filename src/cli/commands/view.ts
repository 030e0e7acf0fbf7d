import type { Command } from 'commander';
import type { CommonOptions } from '../../options/command.ts';
import { COMPARE, REPORT, WATCH } from '../../options/runs.ts';
import { shellWord } from '../../util/shell-word.ts';
import { shownText } from '../../util/shown-text.ts';
import { addCommand } from '../command-line.ts';
import { print, printAsIs, printJson, printJsonLine, progress } from '../context.ts';
import { wantsLiveView } from '../run-observer.ts';
import { hasReader, terminalStreams } from '../streams.ts';

/** `trifold watch`, `trifold report` and `trifold compare`: looking at runs. */
export function addViewCommands(program: Command): void {
  addCommand(program, WATCH, async ({ request: { run }, common }) => {
    const { watchRun } = await import('../../app/run/watch.ts');
    const end = new AbortController();
    if (wantsLiveView(common)) await watchLive(run, end, watchRun);
    else await watchLines(run, common, end, watchRun);
  });
  addCommand(program, REPORT, async ({ request: { run }, process: { out }, common }) => {
    const { writeReport } = await import('../../app/run/report.ts');
    const path = await writeReport(run, out);
    if (common.json) printJson({ report: path });
    else printAsIs(shownText(path));
  });
  addCommand(program, COMPARE, async ({ request: { run, other }, process: { out }, common }) => {
    const { writeComparison } = await import('../../app/run/report.ts');
    const path = await writeComparison(run, other, out);
    if (common.json) printJson({ comparison: path });
    else printAsIs(shownText(path));
  });
}

type Watch = typeof import('../../app/run/watch.ts').watchRun;

async function watchLive(directory: string, end: AbortController, watchRun: Watch): Promise<void> {
  const { openLiveView } = await import('../../tui/live-view.tsx');
  const { writeReport } = await import('../../app/run/report.ts');
  const open = () =>
    openLiveView({
      ...terminalStreams(),
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
  const { progressLines } = await import('../text/progress-text.ts');
  const lineOf = progressLines();
  for await (const watched of watchRun(directory, end.signal)) {
    if (!hasReader()) return;
    if (watched.kind === 'restarted') {
      progress(options, 'the run was resumed from its last checkpoint');
      continue;
    }
    if (watched.kind === 'carried') {
      const gone = `no process works on this run any more; trifold resume ${shellWord(directory)} continues it`;
      progress(options, watched.isCarried ? 'a process works on this run again' : gone);
      continue;
    }
    if (options.json) printJsonLine(watched.event);
    else {
      const line = lineOf(watched.event);
      if (line !== null) print(shownText(line));
    }
  }
}
