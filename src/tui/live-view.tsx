import { render } from 'ink';
import type { RunEvent } from '../search/run-events.ts';
import { LiveFrame } from './components.tsx';
import { colorDepthOf } from './drawing/palette.ts';
import { atTime, EMPTY_VIEW, reduceRunView, setAttended } from './state/run-view.ts';
import { INITIAL_UI, type Key, reduceKey } from './state/ui-state.ts';
import { showsUnicode } from './terminal/ascii.ts';
import { ElapsedClock } from './terminal/elapsed-clock.ts';
import { FrameClock, PROCESS_TIMERS } from './terminal/frame-clock.ts';
import { Screen } from './terminal/screen.ts';
import { Suspension } from './terminal/suspension.ts';

/** Requests of the person at the live view to the run. None may throw; all are called on key presses only. */
export interface LiveActions {
  /** End cleanly and save; when only watching or after the end: close the view. May be called again. */
  stop(): void;
  /** @returns whether the run is paused now */
  togglePause(): boolean;
  /** @returns where the report was written; a rejection is shown, not thrown */
  writeReport(): Promise<string>;
}

/** Streams, actions and rights of a live view. */
export interface LiveViewOptions {
  /** A terminal. */
  readonly stdout: NodeJS.WriteStream;
  /** Keys are read from it when it is a terminal. */
  readonly stdin: NodeJS.ReadStream;
  readonly actions: LiveActions;
  /** Watching a run of another process: keys for the run do nothing. */
  readonly readOnly: boolean;
  /** Whether the run keeps a folder that a report can be written from; true by default. */
  readonly keepsFolder?: boolean;
  /** For NO_COLOR and the kind of terminal; that of the process by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** An open live view. */
export interface LiveView {
  /** Takes one event of the run; draws it within the limits of frames. Cheap, and does nothing after the end of the view. */
  onEvent(event: RunEvent): void;
  /** Hears whether a process works on the run that is watched. */
  onAttended(isAttended: boolean): void;
  /** Takes the view down and gives the terminal back; safe to call twice. */
  close(): Promise<void>;
  /** The error that ended the view; undefined while there is none. The run does not depend on it. */
  failure(): Error | undefined;
}

/**
 * Opens the live view on the alternate screen of a terminal. It gives the terminal back on {@link LiveView.close}, on errors, when the
 * process exits and on signals that end it. No timer of it keeps the process alive; the open keyboard does until `close`.
 */
export function openLiveView(options: LiveViewOptions): LiveView {
  const { stdout, stdin, actions, readOnly, keepsFolder = true, environment = process.env } = options;
  const controls = { readOnly, keepsFolder };
  const look = {
    depth: colorDepthOf(stdout.getColorDepth(environment), environment),
    isAscii: !showsUnicode(environment),
  };
  const screen = new Screen(stdout);
  let view = EMPTY_VIEW;
  let ui = INITIAL_UI;
  let isOpen = true;
  let failure: Error | undefined;

  const suspension = new Suspension(
    () => {
      screen.leave();
      stdin.setRawMode?.(false);
    },
    () => {
      stdin.setRawMode?.(true);
      screen.enter();
      clock.request(true);
    },
  );
  const onGone = () => {
    isOpen = false;
    clock.stop();
    elapsed.stop();
    suspension.close();
    stdout.off('resize', onResize);
    process.off('uncaughtExceptionMonitor', onGone);
    screen.leave();
  };
  const element = () => (
    <LiveFrame
      view={atTime(view, elapsed.seconds)}
      ui={ui}
      size={screen.size}
      look={look}
      controls={controls}
      takesKeys={stdin.isTTY === true}
      onKey={onKey}
      onGone={onGone}
    />
  );
  const clock = new FrameClock(() => {
    if (isOpen) ink.rerender(element());
  }, PROCESS_TIMERS);
  const elapsed = new ElapsedClock(PROCESS_TIMERS, !readOnly, () => clock.request(false));
  const onResize = () => {
    screen.invalidate();
    clock.request(true);
  };
  const setMessage = (message: string) => {
    ui = { ...ui, message };
    clock.request(true);
  };
  const onKey = (key: Key) => {
    const { ui: next, request } = reduceKey(ui, key, view, controls);
    ui = next;
    switch (request) {
      case 'stop':
        actions.stop();
        break;
      case 'toggle-pause':
        ui = { ...ui, paused: actions.togglePause() };
        break;
      case 'write-report':
        actions.writeReport().then(
          (place) => setMessage(`report: ${place}`),
          (error: unknown) => setMessage(`no report: ${error instanceof Error ? error.message : String(error)}`),
        );
        break;
      case 'redraw':
        screen.invalidate();
        break;
      case 'suspend':
        suspension.suspend();
        break;
      case 'interrupt':
        ink.unmount();
        process.kill(process.pid, 'SIGINT');
        break;
      case 'none':
        break;
    }
    clock.request(true);
  };

  screen.enter();
  stdout.on('resize', onResize);
  process.on('uncaughtExceptionMonitor', onGone);
  const ink = render(element(), {
    // Ink asks its stdout for no more than Screen has: write, columns, isTTY and events.
    stdout: screen as unknown as NodeJS.WriteStream,
    stdin,
    // Every render is written at once and whole; the frame clock decides when, the screen what reaches the terminal.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  // A view that fails must not take the run with it.
  const fail = (error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    ink.unmount();
    onGone();
  };
  const gone = ink.waitUntilExit().then(() => undefined, fail);

  return {
    onEvent(event) {
      if (!isOpen) return;
      try {
        view = reduceRunView(view, event);
        if (event.kind === 'progress') elapsed.hear(event.elapsedSeconds);
        clock.request(false);
      } catch (error) {
        fail(error);
      }
    },
    onAttended(isAttended) {
      view = setAttended(view, isAttended);
      if (isOpen) clock.request(false);
    },
    async close() {
      ink.unmount();
      onGone();
      await gone;
    },
    failure: () => failure,
  };
}
