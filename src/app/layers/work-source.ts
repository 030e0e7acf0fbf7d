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

/** Does pieces of work on threads, or knows them from earlier runs; many may be asked for at a time. */
export interface WorkSource {
  resultOf(work: LayerWork): Promise<SourcedResult>;
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
  const runOptions = {
    ...(signal === undefined ? {} : { signal }),
    ...(whenUnpaused === undefined ? {} : { beforeChunk: whenUnpaused }),
    poll,
  };
  return {
    resultOf: async (work) => {
      const known = cache?.get(work);
      if (known !== undefined) {
        // Timers and signals get their turn, however much is remembered.
        await setImmediate();
        await whenUnpaused?.();
        signal?.throwIfAborted();
        return { result: known, isRemembered: true };
      }
      const result = (await pool.run([work], runOptions))[0]!;
      cache?.put(work, result);
      return { result, isRemembered: false };
    },
    close: () => pool.close(),
  };
}
