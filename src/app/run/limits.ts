import type { MappingCaches } from '../layers/cache-folder.ts';

/** Threads, mappings of earlier runs, and limits that a process gives a run: they end a search and never change its course. */
export interface RunLimits {
  /** Threads at most. */
  readonly workers: number;
  /** Use a thread even for one worker, so that a live view and Ctrl-C stay responsive. */
  readonly offMainThread: boolean;
  /** Mappings of earlier runs; null = map anew. */
  readonly caches: MappingCaches | null;
  /** Seconds of this process; null = no limit. */
  readonly timeSeconds: number | null;
  /** Seconds for what follows a search; null = no limit. */
  readonly finalSeconds: number | null;
  /** Candidates in all; null = no limit. */
  readonly evaluations: number | null;
  /** In pJ * cycles; several networks: geometric mean; null = no limit. */
  readonly targetEdpPjCycles: number | null;
}

/** Threads alone: nothing is remembered and nothing ends a search early. */
export function unlimited(workers: number): RunLimits {
  return {
    workers,
    offMainThread: workers > 1,
    caches: null,
    timeSeconds: null,
    finalSeconds: null,
    evaluations: null,
    targetEdpPjCycles: null,
  };
}
