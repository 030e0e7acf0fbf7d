import { setImmediate } from 'node:timers/promises';
import { openPool, type TaskPool } from '../../parallel/pool.ts';
import { type LayerWork, type LayerWorkResult, task } from './layer-work.ts';

/** How layers are mapped; nothing of this changes a result. */
export interface LayerPoolOptions {
  /** Threads at most; with 1 the work runs on the calling thread unless `offMainThread`. */
  readonly workers: number;
  /** Use a thread even for one worker, so that the caller (a live view, Ctrl-C) stays responsive. */
  readonly offMainThread?: boolean;
  /** Ends everything: `map` is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** Awaited before each piece of work is started. */
  readonly whenUnpaused?: () => Promise<void>;
  /** Called now and then while work keeps the calling thread busy. */
  readonly poll?: () => void;
  /** Results of earlier runs. */
  readonly cache?: LayerCache;
  /** Told how many of the layers of a call are mapped, first of all that none is. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Remembers results of layer work. */
export interface LayerCache {
  get(work: LayerWork): LayerWorkResult | undefined;
  put(work: LayerWork, result: LayerWorkResult): void;
}

/** Maps layers on threads that it starts when they are needed. */
export interface LayerPool {
  /** Threads at most. */
  readonly workers: number;
  /**
   * Results in the order of the work, whatever the number of threads; `onResult` is called in this order too, and an error
   * of it ends the call.
   */
  map(
    work: readonly LayerWork[],
    onResult?: (result: LayerWorkResult, index: number) => void,
  ): Promise<LayerWorkResult[]>;
  close(): Promise<void>;
}

/** Opens a pool; it holds no thread until there is work for one. */
export function openLayerPool(options: LayerPoolOptions): LayerPool {
  const { workers, offMainThread = workers > 1, signal, whenUnpaused, poll, cache, onProgress } = options;
  let open: { readonly pool: TaskPool<LayerWork, LayerWorkResult>; readonly threads: number } | null = null;

  async function poolFor(pieces: number): Promise<TaskPool<LayerWork, LayerWorkResult>> {
    const threads = Math.min(workers, pieces);
    if (open !== null && open.threads >= threads) return open.pool;
    await open?.pool.close();
    open = { pool: await openPool(task, null, { workers: threads, offMainThread, chunkItems: 1 }), threads };
    return open.pool;
  }

  return {
    workers,
    async map(work, onResult = () => {}) {
      signal?.throwIfAborted();
      const results: (LayerWorkResult | undefined)[] = [];
      onProgress?.(0, work.length);
      for (const one of work) {
        results.push(cache?.get(one));
        // Timers and signals get their turn, however much is remembered.
        if (cache !== undefined) await setImmediate();
        signal?.throwIfAborted();
      }
      const missing = work.flatMap((_, index) => (results[index] === undefined ? [index] : []));
      let reported = 0;
      const report = () => {
        for (let next = results[reported]; next !== undefined; next = results[reported]) {
          onResult(next, reported++);
          onProgress?.(reported, work.length);
        }
      };
      report();
      if (missing.length > 0) {
        const pool = await poolFor(missing.length);
        const pieces = missing.map((index) => work[index]!);
        await pool.run(pieces, {
          ...(signal === undefined ? {} : { signal }),
          ...(whenUnpaused === undefined ? {} : { beforeChunk: whenUnpaused }),
          poll,
          onResult: (result, piece) => {
            cache?.put(pieces[piece]!, result);
            results[missing[piece]!] = result;
            report();
          },
        });
      }
      return results.map((result) => result!);
    },
    close: async () => {
      await open?.pool.close();
      open = null;
    },
  };
}
