import type { LayerPool } from '../app/layers/layer-pool.ts';
import type { CommonOptions } from '../options/command.ts';
import { EXIT, ExitSignal, warn } from './context.ts';
import { followInterrupts } from './interrupts.ts';

/**
 * Does work that maps layers outside any run: on threads, with the user's cache if wanted. A signal while they map ends the command with exit code
 * 130; before and after, where this thread is busy, it ends the process at once.
 */
export async function withLayerPool<Result>(
  { workers }: Pick<CommonOptions, 'workers'>,
  isCached: boolean,
  work: (pool: LayerPool) => Promise<Result>,
): Promise<Result> {
  const { openLayerPool } = await import('../app/layers/layer-pool.ts');
  const { userCache } = await import('../app/layers/cache-folder.ts');
  const cache = userCache('layers', isCached, process.env);
  const end = new AbortController();
  const pool = openLayerPool({ workers, offMainThread: true, signal: end.signal, ...(cache && { cache }) });
  const map: LayerPool['map'] = async (...given) => {
    const interrupts = followInterrupts();
    interrupts.signal.addEventListener('abort', () => end.abort(interrupts.signal.reason));
    try {
      return await pool.map(...given);
    } finally {
      interrupts.close();
    }
  };
  try {
    return await work({ ...pool, map });
  } catch (error) {
    if (!end.signal.aborted) throw error;
    warn('interrupted');
    throw new ExitSignal(EXIT.interrupted);
  } finally {
    await pool.close();
  }
}
