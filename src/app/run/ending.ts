import { raise, stopFlag } from '../../util/stop-flag.ts';
import type { Ending } from './kind.ts';
import type { RunListener } from './listener.ts';

/** Milliseconds between two looks at the listener and the clock. */
const POLL_MS = 50;

/** How and when a run ends in the midst of its work. */
export interface FollowedEnding extends Ending {
  /** Ends the looking. */
  readonly close: () => void;
}

/**
 * Looks at the listener and the clock from time to time: by a timer, and by `poll` where work keeps this thread busy.
 * @param isTimeUp whether the time of the search is over
 */
export function followEnding(listener: RunListener, isTimeUp: () => boolean, everyPoll: () => void): FollowedEnding {
  const interruption = new AbortController();
  const time = new AbortController();
  const searchStop = stopFlag();
  const poll = (): void => {
    if (!interruption.signal.aborted && listener.isInterrupted()) interruption.abort();
    if (!time.signal.aborted && isTimeUp()) {
      raise(searchStop);
      time.abort();
    }
    everyPoll();
  };
  const timer = setInterval(poll, POLL_MS);
  return {
    signal: interruption.signal,
    searchSignal: AbortSignal.any([interruption.signal, time.signal]),
    searchStop,
    poll,
    close: () => clearInterval(timer),
  };
}

/** Whether an error says that work was ended by such a signal; any other error is one, also after the signal. */
export function isEnding(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error instanceof Error && error.name === 'AbortError';
}

/** What work gives; null when the signal ended it. */
export async function unlessEnded<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value | null> {
  try {
    return await work();
  } catch (error) {
    if (isEnding(error, signal)) return null;
    throw error;
  }
}
