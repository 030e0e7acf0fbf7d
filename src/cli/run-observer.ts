import type { RunListener } from '../app/run/listener.ts';
import type { CommonOptions } from '../options/command.ts';
import type { RunEvent } from '../search/run-events.ts';
import { shellWord } from '../util/shell-word.ts';
import { progress, warn } from './context.ts';
import { FIRST_INTERRUPT, followInterrupts } from './interrupts.ts';
import { terminalStreams, writesToTerminal } from './streams.ts';

/** Shows a run while it goes on: the live view on a terminal, progress lines elsewhere, nothing with --quiet. */
export interface RunObserver {
  readonly listener: RunListener;
  readonly close: () => Promise<void>;
}

/** Whether a command should open the live view: on a terminal that can draw, unless the options say otherwise. */
export function wantsLiveView(options: CommonOptions): boolean {
  const { CI, TERM } = process.env;
  if (options.json || options.quiet || options.plain) return false;
  return writesToTerminal() && CI === undefined && TERM !== 'dumb';
}

/** What is said of a run that is interrupted. @param directory its folder; null = none */
export function interruptedText(directory: string | null): string {
  return `interrupted${directory === null ? '' : `; continue with: trifold resume ${shellWord(directory)}`}`;
}

/** Opens what fits the terminal and the options. From here on signals interrupt the run. @param keepsFolder whether the run has a folder */
export async function observeRun(options: CommonOptions, keepsFolder: boolean): Promise<RunObserver> {
  return wantsLiveView(options) ? liveObserver(keepsFolder) : lineObserver(options);
}

async function lineObserver(options: CommonOptions): Promise<RunObserver> {
  const { progressLines } = await import('./text/progress-text.ts');
  const lineOf = progressLines();
  let directory: string | null = null;
  const interrupts = followInterrupts({ first: FIRST_INTERRUPT, last: () => interruptedText(directory) });
  return {
    listener: {
      onEvent: (event: RunEvent) => {
        const line = lineOf(event);
        if (line !== null) progress(options, line);
      },
      onFolder: (folder) => {
        directory = folder;
      },
      isInterrupted: interrupts.isInterrupted,
    },
    close: async () => interrupts.close(),
  };
}

async function liveObserver(keepsFolder: boolean): Promise<RunObserver> {
  const { openLiveView } = await import('../tui/live-view.tsx');
  const { writeReport } = await import('../app/run/report.ts');
  let directory: string | null = null;
  let resume: (() => void) | null = null;
  let pause: Promise<void> | null = null;
  const unpause = (): void => {
    resume?.();
    resume = null;
    pause = null;
  };
  const interrupts = followInterrupts({ first: null, last: () => interruptedText(directory) });
  interrupts.signal.addEventListener('abort', unpause);
  const view = openLiveView({
    ...terminalStreams(),
    readOnly: false,
    keepsFolder,
    actions: {
      stop: interrupts.interrupt,
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
      writeReport: async () => writeReport(directory ?? ''),
    },
  });
  return {
    listener: {
      onEvent: view.onEvent,
      isInterrupted: interrupts.isInterrupted,
      onFolder: (folder) => {
        directory = folder;
      },
      isPaused: () => pause !== null,
      whenUnpaused: async () => {
        await pause;
      },
    },
    close: async () => {
      interrupts.close();
      await view.close();
      const failure = view.failure();
      if (failure !== undefined) warn(`the live view failed: ${failure.message}; the run went on`);
    },
  };
}
