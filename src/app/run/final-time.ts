import { raise, type StopFlag, stopFlag } from '../../util/stop-flag.ts';

/** Least seconds that the final mappings of a search with a time limit may take, if nothing else is said. */
const LEAST_FINAL_SECONDS = 10;
/** Their share of the time limit. */
const FINAL_SHARE = 0.1;

/**
 * Seconds that what follows a search may take; null = no limit, as where the search has none: its result then depends on nothing but the request.
 * @param asked as the user says; undefined = by default
 */
export function finalSecondsOf(asked: number | undefined, timeSeconds: number | null): number | null {
  if (asked !== undefined) return asked;
  return timeSeconds === null ? null : Math.max(FINAL_SHARE * timeSeconds, LEAST_FINAL_SECONDS);
}

/** The time for what follows a search. */
export interface FinalTime {
  /** In all; null = no limit. */
  readonly seconds: number | null;
  /**
   * What ends a part of the work when a share of the time is over, counted from the first call; undefined without a limit. Time that one part
   * leaves over is there for the next.
   * @param share in (0, 1], growing from call to call
   */
  readonly until: (share: number) => PartEnd | undefined;
}

/** The end of a part of the work, for searches that end with what they have and for work that is given up. */
export interface PartEnd {
  readonly stop: StopFlag;
  readonly signal: AbortSignal;
}

/** The time for what follows a search, with the looking at it. @param nowMs time that only grows */
export function startFinalTime(seconds: number | null, nowMs: () => number): FinalTime & { readonly look: () => void } {
  let begun: number | null = null;
  let open: { readonly stop: StopFlag; readonly end: AbortController; readonly endMs: number }[] = [];
  const look = (): void => {
    if (open.length === 0) return;
    const now = nowMs();
    for (const { stop, end, endMs } of open) {
      if (now < endMs) continue;
      raise(stop);
      end.abort();
    }
    open = open.filter(({ endMs }) => now < endMs);
  };
  return {
    seconds,
    look,
    until: (share) => {
      begun ??= nowMs();
      if (seconds === null) return undefined;
      const part = { stop: stopFlag(), end: new AbortController(), endMs: begun + share * seconds * 1000 };
      open.push(part);
      look();
      return { stop: part.stop, signal: part.end.signal };
    },
  };
}
