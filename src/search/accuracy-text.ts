import type { AccuracyEstimate, FoundNetwork } from './found-network.ts';

/** Top-1 accuracy with its standard error: `77.25 ± 0.30 %`; without one where nobody knows it. */
export function accuracyText({ reportedTop1Percent, errorPoints }: AccuracyEstimate): string {
  const error = errorPoints === null ? '' : ` \u00b1 ${errorPoints.toFixed(2)}`;
  return `${reportedTop1Percent.toFixed(2)}${error} %`;
}

/** Whether the search compares another accuracy than the one that is reported, such as one after few epochs. */
export function isSearchedOnOther({ top1Percent, reportedTop1Percent }: AccuracyEstimate): boolean {
  return top1Percent !== reportedTop1Percent;
}

/** A reason to read an accuracy with care. */
export type AccuracyCaution = 'saturated' | 'out-of-domain' | 'error-unknown';

/** All reasons to read an accuracy with care, the gravest first. */
export function accuracyCautions({ inDomain, saturated, errorPoints }: AccuracyEstimate): readonly AccuracyCaution[] {
  return [
    ...(saturated ? (['saturated'] as const) : []),
    ...(inDomain ? [] : (['out-of-domain'] as const)),
    ...(errorPoints === null ? (['error-unknown'] as const) : []),
  ];
}

/** The genes of a network by name, lists with blanks: `d` `2 3 4`. */
export function geneTexts({
  genes,
}: Pick<FoundNetwork, 'genes'>): readonly { readonly name: string; readonly values: string }[] {
  return Object.entries(genes).map(([name, value]) => ({
    name,
    values: typeof value === 'object' ? value.join(' ') : String(value),
  }));
}
