import type { RunEvent } from '../../search/run-events.ts';
import type { PauseSource } from './pauses.ts';

/** A caller of a run: hears its events, and asks it to wait or to end. */
export interface RunListener extends PauseSource {
  readonly onEvent: (event: RunEvent) => void;
  /** Whether the user wants it to end now, with its state saved. */
  readonly isInterrupted: () => boolean;
  /** Told the run folder before anything else. */
  readonly onFolder?: (directory: string) => void;
}

/** Milliseconds between two looks at whether the user wants the run to end. */
const INTERRUPT_POLL_MS = 50;

/** A signal that is aborted when the user wants the run to end; `close` ends the looking. */
export function followInterruption(listener: RunListener): {
  readonly signal: AbortSignal;
  readonly close: () => void;
} {
  const end = new AbortController();
  const poll = setInterval(() => {
    if (listener.isInterrupted()) end.abort();
  }, INTERRUPT_POLL_MS);
  return { signal: end.signal, close: () => clearInterval(poll) };
}

/** Whether an error says that work was ended by such a signal; any other error is one, also after the signal. */
export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error instanceof Error && error.name === 'AbortError';
}
