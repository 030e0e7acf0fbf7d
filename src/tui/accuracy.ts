import type { AccuracyEstimate, FoundNetwork } from '../search/found-network.ts';

/** Top-1 accuracy with its standard error: `77.25 ± 0.30 %`; without one where nobody knows it. */
export function formatAccuracy({ reportedTop1Percent, errorPoints }: AccuracyEstimate): string {
  const error = errorPoints === null ? '' : ` ± ${errorPoints.toFixed(2)}`;
  return `${reportedTop1Percent.toFixed(2)}${error} %`;
}

/** Why a figure is to be read with care, in a few words each; empty when there is no reason. */
export function accuracyFlags({ inDomain, saturated, errorPoints }: AccuracyEstimate): string[] {
  return [
    ...(saturated ? ['saturated: better networks look alike'] : []),
    ...(inDomain ? [] : ['outside the measured domain']),
    ...(errorPoints === null ? ['error unknown'] : []),
  ];
}

/** The genes of a network, one line per name: `depth 2 3 3 4`. */
export function geneLines({
  genes,
}: Pick<FoundNetwork, 'genes'>): { readonly name: string; readonly values: string }[] {
  return Object.entries(genes).map(([name, value]) => ({
    name,
    values: typeof value === 'object' ? value.join(' ') : String(value),
  }));
}
