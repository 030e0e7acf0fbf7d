import type { RunListener } from '../app/run/listener.ts';
import type { CommonOptions } from '../options/command.ts';
import type { RunEvent } from '../search/run-events.ts';
import { progress, warn } from './context.ts';
import { followInterrupts } from './interrupts.ts';

/** Shows a run while it goes on: the live view on a terminal, progress lines elsewhere, nothing with --quiet. */
export interface RunObserver {
  readonly listener: RunListener;
  readonly close: () => Promise<void>;
}

/** Whether a command should open the live view: on a terminal that can draw, unless the options say otherwise. */
export function wantsLiveView(options: CommonOptions): boolean {
  const { CI, TERM } = process.env;
  if (options.json || options.quiet || options.plain) return false;
  return process.stdout.isTTY === true && CI === undefined && TERM !== 'dumb';
}

/** Opens what fits the terminal and the options. @param keepsFolder whether the run has a folder */
export async function observeRun(options: CommonOptions, keepsFolder: boolean): Promise<RunObserver> {
  return wantsLiveView(options) ? liveObserver(keepsFolder) : lineObserver(options);
}

async function lineObserver(options: CommonOptions): Promise<RunObserver> {
  const { progressLines } = await import('./text/progress-text.ts');
  const lineOf = progressLines();
  const interrupts = followInterrupts();
  return {
    listener: {
      onEvent: (event: RunEvent) => {
        const line = lineOf(event);
        if (line !== null) progress(options, line);
      },
      isInterrupted: interrupts.isInterrupted,
    },
    close: async () => interrupts.close(),
  };
}

async function liveObserver(keepsFolder: boolean): Promise<RunObserver> {
  const { openLiveView } = await import('../tui/live-view.tsx');
  const { writeReport } = await import('../app/run/report.ts');
  let directory = '';
  let stopped = false;
  let resume: (() => void) | null = null;
  let pause: Promise<void> | null = null;
  const unpause = (): void => {
    resume?.();
    resume = null;
    pause = null;
  };
  const stop = (): void => {
    if (stopped) process.exit(130);
    stopped = true;
    unpause();
  };
  const view = openLiveView({
    stdout: process.stdout,
    stdin: process.stdin,
    readOnly: false,
    keepsFolder,
    actions: {
      stop,
      togglePause: () => {
        if (pause !== null) {
          unpause();
          return false;
        }
        pause = new Promise((resolve) => {
          resume = resolve;
        });
        return true;
      },
      writeReport: async () => writeReport(directory),
    },
  });
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    listener: {
      onEvent: view.onEvent,
      isInterrupted: () => stopped,
      onFolder: (folder) => {
        directory = folder;
      },
      isPaused: () => pause !== null,
      whenUnpaused: async () => {
        await pause;
      },
    },
    close: async () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      await view.close();
      const failure = view.failure();
      if (failure !== undefined) warn(`the live view failed: ${failure.message}; the run went on`);
    },
  };
}
