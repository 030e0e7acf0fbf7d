import type { LayerPool } from '../app/layers/layer-pool.ts';
import type { CommonOptions } from '../options/command.ts';
import { untilInterrupted } from './interrupts.ts';

/** Does work that maps layers outside any run: on threads, with the user's cache if wanted, until it ends or is interrupted. */
export async function withLayerPool<Result>(
  { workers }: Pick<CommonOptions, 'workers'>,
  isCached: boolean,
  work: (pool: LayerPool) => Promise<Result>,
): Promise<Result> {
  const { openLayerPool } = await import('../app/layers/layer-pool.ts');
  const { userCache } = await import('../app/layers/cache-folder.ts');
  const cache = userCache('layers', isCached, process.env);
  return untilInterrupted((signal) => {
    const pool = openLayerPool({ workers, offMainThread: true, signal, ...(cache && { cache }) });
    return work(pool).finally(pool.close);
  });
}
