import { setImmediate } from 'node:timers/promises';
import { openPool, type PoolOptions } from '../../parallel/pool.ts';
import type { LayerCache } from './layer-pool.ts';
import { type LayerWork, type LayerWorkResult, task } from './layer-work.ts';

/** How pieces of work are done; nothing of this changes a result. */
export interface WorkSourceOptions extends Omit<PoolOptions, 'chunkItems'> {
  /** Mappings of earlier runs. */
  readonly cache?: LayerCache;
  /** Cancels whatever is being mapped: `resultOf` is then rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Awaited before each layer: a pause. */
  readonly whenUnpaused?: () => Promise<void>;
  /** Called now and then while work keeps the calling thread busy. */
  readonly poll?: () => void;
}

/** What became of a piece of work, and whether that was known from an earlier run. */
export interface SourcedResult {
  readonly result: LayerWorkResult;
  readonly isRemembered: boolean;
}

/** Does pieces of work on threads, or knows them from earlier runs; many calls may be under way at a time. */
export interface WorkSource {
  resultOf(work: LayerWork): Promise<SourcedResult>;
  /** Of many pieces, in their order. @param within ends them in place of the signal of all */
  resultsOf(work: readonly LayerWork[], within?: AbortSignal): Promise<SourcedResult[]>;
  close(): Promise<void>;
}

/** Opens threads for single layers. */
export async function openWorkSource({
  cache,
  signal,
  whenUnpaused,
  poll,
  ...options
}: WorkSourceOptions): Promise<WorkSource> {
  const pool = await openPool(task, null, { ...options, chunkItems: 1 });
  const runOptions = (own: AbortSignal | undefined) => ({
    ...(own === undefined ? {} : { signal: own }),
    ...(whenUnpaused === undefined ? {} : { beforeChunk: whenUnpaused }),
    poll,
  });
  const resultsOf: WorkSource['resultsOf'] = async (work, within = signal) => {
    const results: (SourcedResult | undefined)[] = [];
    for (const one of work) {
      const known = cache?.get(one);
      results.push(known && { result: known, isRemembered: true });
      if (known === undefined) continue;
      // Timers and signals get their turn, however much is remembered.
      await setImmediate();
      await whenUnpaused?.();
      within?.throwIfAborted();
    }
    const missing = work.filter((_, i) => results[i] === undefined);
    const done = missing.length === 0 ? [] : await pool.run(missing, runOptions(within));
    done.forEach((result, i) => void cache?.put(missing[i]!, result));
    let next = 0;
    return results.map((known) => known ?? { result: done[next++]!, isRemembered: false });
  };
  return {
    resultOf: async (work) => (await resultsOf([work]))[0]!,
    resultsOf,
    close: () => pool.close(),
  };
}
