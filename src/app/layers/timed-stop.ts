import { raise, type StopFlag, stopFlag } from '../../util/stop-flag.ts';

/** What ends work after some time. */
export interface TimedStop {
  readonly stop: StopFlag;
  /** Raises the flag when the time is over; to be called where work keeps the calling thread from its timers. */
  readonly look: () => void;
}

/** A flag that is raised after some time; the process does not wait for it. */
export function stopAfter(seconds: number): TimedStop {
  const stop = stopFlag();
  const endMs = performance.now() + seconds * 1000;
  setTimeout(() => raise(stop), Math.min(seconds * 1000, MOST_MS)).unref();
  return {
    stop,
    look: () => {
      if (performance.now() >= endMs) raise(stop);
    },
  };
}

/** The longest time of a timer. */
const MOST_MS = 2 ** 31 - 1;
