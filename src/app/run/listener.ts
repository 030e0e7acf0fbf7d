import type { RunEvent } from '../../search/run-events.ts';
import type { MappingCaches } from '../layers/cache-folder.ts';
import type { ClockLimits } from './clock.ts';

/** Limits of this process; they end a run but never change its course. */
export interface RunLimits extends ClockLimits {
  /** Use a thread even for one worker, so that a live view stays responsive. */
  readonly offMainThread?: boolean;
  /** Mappings of earlier runs. */
  readonly caches?: MappingCaches;
}

/** What a caller hears of a run. */
export interface RunListener {
  readonly onEvent: (event: RunEvent) => void;
  /** Whether the user wants it to end now, with its state saved. */
  readonly isInterrupted: () => boolean;
  /** Told the run folder before anything else. */
  readonly onFolder?: (directory: string) => void;
  /** Whether the user wants the run to wait. */
  readonly isPaused?: () => boolean;
  /** Resolves when the run may go on; a pause never changes its course. */
  readonly whenUnpaused?: () => Promise<void>;
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
