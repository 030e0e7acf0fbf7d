import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type CountingLayerCache, openLayerCache } from './layer-cache.ts';

/** Form of the entries: another one gets another folder. */
const LAYOUT = 'layers-1';

/**
 * Folder of the mapping cache: `TRIFOLD_CACHE`, else `trifold` in `XDG_CACHE_HOME` or in `~/.cache`. Null when `TRIFOLD_CACHE` is `off`.
 */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string | null {
  const { TRIFOLD_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own === 'off') return null;
  if (own !== undefined && own !== '') return join(own, LAYOUT);
  const parent = shared !== undefined && isAbsolute(shared) ? shared : join(homedir(), '.cache');
  return join(parent, 'trifold', LAYOUT);
}

/** The user's mapping cache; undefined when it is switched off. */
export function userLayerCache(
  isWanted: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): CountingLayerCache | undefined {
  const folder = isWanted ? cacheFolder(environment) : null;
  return folder === null ? undefined : openLayerCache(folder);
}
