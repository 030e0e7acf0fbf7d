import type { NetworkFigures } from '../../search/ports.ts';
import type { BaselineEvent } from '../../search/run-events.ts';

/** What a state knows of its baselines. */
export interface KnownBaselines {
  readonly baselines: readonly BaselineEvent[];
  readonly search: object | null;
  readonly wholeBaselines?:
    | { readonly published: readonly NetworkFigures[] | null; readonly optimal: readonly NetworkFigures[] }
    | null
    | undefined;
}

/** What of the baselines of a state cannot be of a search for so many networks; null when there is nothing. */
export function baselinesFault({ baselines, search, wholeBaselines }: KnownBaselines, networks: number): string | null {
  if (baselines.length === 0) return search === null ? null : 'the search has no baseline';
  if (!baselines.some(({ which }) => which === 'optimal')) return 'the baseline has no optimal mapping';
  const figures = [
    ...baselines.map((event) => event.networks),
    ...(wholeBaselines == null ? [] : [wholeBaselines.optimal, wholeBaselines.published ?? wholeBaselines.optimal]),
  ];
  return figures.some((one) => one.length !== networks) ? `the baseline has no figures of ${networks} networks` : null;
}
