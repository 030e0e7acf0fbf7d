import type { RunLimits } from '../app/run/listener.ts';

/** Options that say how far this process carries a search. */
export interface LimitOptions {
  readonly workers: number;
  /** False with --no-cache. */
  readonly cache: boolean;
  /** Seconds. */
  readonly time?: number;
  readonly evaluations?: number;
  /** EDP in pJ * cycles. */
  readonly target?: number;
}

/**
 * The limits of a search from its options, with the user's mapping caches.
 * @param offMainThread whether even one worker is a thread, so that Ctrl-C and a live view stay responsive
 */
export async function searchLimits(options: LimitOptions, offMainThread: boolean): Promise<RunLimits> {
  const { workers, cache, time, evaluations, target } = options;
  const { userCaches } = await import('../app/layers/cache-folder.ts');
  const caches = userCaches(cache, process.env);
  return {
    workers,
    offMainThread,
    ...(caches === undefined ? {} : { caches }),
    ...(time === undefined ? {} : { time }),
    ...(evaluations === undefined ? {} : { evaluations }),
    ...(target === undefined ? {} : { targetEdp: target }),
  };
}
