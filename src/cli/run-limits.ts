import { userCaches } from '../app/layers/cache-folder.ts';
import { finalSecondsOf } from '../app/run/final-time.ts';
import type { RunLimits } from '../app/run/limits.ts';
import type { CommonOptions } from '../options/command.ts';

/** Options of a process that runs a search. */
export interface RunOptions {
  readonly cache: boolean;
  /** Whether a run and files of before are overwritten. */
  readonly force?: boolean;
  /** Whether a run that this user did not start may do what it demands. */
  readonly trust?: boolean;
  readonly time?: number | undefined;
  readonly finalTime?: number | undefined;
  readonly evaluations?: number | undefined;
  readonly targetEdp?: number | undefined;
}

/** Continues a run and prints its end. */
export type Resume = (directory: string, process: RunOptions, common: CommonOptions) => Promise<void>;

/** The limits of a run from a command line. Work is always on other threads, so that a view and Ctrl-C stay responsive. */
export function runLimits(
  { cache, time, finalTime, evaluations, targetEdp }: RunOptions,
  { workers }: Pick<CommonOptions, 'workers'>,
): RunLimits {
  return {
    workers,
    offMainThread: true,
    caches: userCaches(cache, process.env),
    timeSeconds: time ?? null,
    finalSeconds: finalSecondsOf(finalTime, time ?? null),
    evaluations: evaluations ?? null,
    targetEdpPjCycles: targetEdp ?? null,
  };
}
