import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type CountingLayerCache, openLayerCache } from './layer-cache.ts';

/** Kinds of entries; another form of them gets another number. Searches write thousands, which must not displace those of `map`. */
const LAYOUT = { layers: 'layers-2', candidates: 'candidates-2' } as const;

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Folder of a mapping cache: in `TRIFOLD_CACHE`, else in `trifold` in `XDG_CACHE_HOME` or in `~/.cache`. Null when `TRIFOLD_CACHE` is `off`.
 */
export function cacheFolder(kind: keyof typeof LAYOUT, environment: Environment): string | null {
  const { TRIFOLD_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own === 'off') return null;
  if (own !== undefined && own !== '') return join(own, LAYOUT[kind]);
  const parent = shared !== undefined && isAbsolute(shared) ? shared : join(homedir(), '.cache');
  return join(parent, 'trifold', LAYOUT[kind]);
}

/** Where searches find mappings of earlier runs. */
export interface MappingCaches {
  /** For baselines and final mappings. */
  readonly layers: CountingLayerCache;
  /** For candidates. */
  readonly candidates: CountingLayerCache;
}

/** The user's mapping caches for a search; null when they are switched off. */
export function userCaches(isWanted: boolean, environment: Environment): MappingCaches | null {
  const [layers, candidates] = (['layers', 'candidates'] as const).map((kind) =>
    userCache(kind, isWanted, environment),
  );
  return layers && candidates ? { layers, candidates } : null;
}

/** One of the user's mapping caches; undefined when they are switched off. */
export function userCache(
  kind: keyof MappingCaches,
  isWanted: boolean,
  environment: Environment,
): CountingLayerCache | undefined {
  const folder = isWanted ? cacheFolder(kind, environment) : null;
  return folder === null ? undefined : openLayerCache(folder);
}
