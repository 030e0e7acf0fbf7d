import type { ProgressEvent } from '../../search/run-events.ts';

/** Least milliseconds between two events of steps, but for the first of each. */
const STEP_MS = 200;
/** Least milliseconds between two of them in the journal, for those who watch it. */
const JOURNAL_MS = 1000;

/** Tells how far the step of a run is that is under way. */
export interface StepTeller {
  /** Says what the run does from now on. */
  readonly step: (text: string) => void;
  /** Says how much of it is done. */
  readonly advance: (done: number, total: number) => void;
  /** Keeps the figures of the last progress event. */
  readonly onProgress: (event: ProgressEvent) => void;
}

/**
 * A step is told as a progress event with the figures of the one before.
 * @param tell takes an event; `isKept`: whether the journal wants it
 */
export function stepTeller(
  workers: number,
  elapsedSeconds: () => number,
  tell: (event: ProgressEvent, isKept: boolean) => void,
): StepTeller {
  let last: ProgressEvent = {
    kind: 'progress',
    elapsedSeconds: 0,
    done: 0,
    total: null,
    mappingsPerSecond: 0,
    remainingSeconds: null,
    workers,
  };
  let text: string | null = null;
  let toldMs = Number.NEGATIVE_INFINITY;
  let keptMs = Number.NEGATIVE_INFINITY;
  const advance = (done: number, total: number): void => {
    if (text === null || total === 0) return;
    const seconds = elapsedSeconds();
    const ms = seconds * 1000;
    if (done > 0 && ms - toldMs < STEP_MS) return;
    const isKept = ms - keptMs >= JOURNAL_MS;
    toldMs = ms;
    if (isKept) keptMs = ms;
    const { remainingSeconds: left } = last;
    const remainingSeconds = left === null ? null : Math.max(0, left - (seconds - last.elapsedSeconds));
    tell({ ...last, elapsedSeconds: seconds, remainingSeconds, step: { text, done, total } }, isKept);
  };
  return {
    step: (next) => {
      text = next;
    },
    advance,
    onProgress: (event) => {
      last = event;
    },
  };
}
