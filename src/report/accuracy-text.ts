import type { AccuracyEstimate, FoundNetwork } from '../search/found-network.ts';

/** Top-1 accuracy with its standard error: `77.25 ± 0.30 %`; without one where nobody knows it. */
export function accuracyText({ reportedTop1Percent, errorPoints }: AccuracyEstimate): string {
  const error = errorPoints === null ? '' : ` \u00b1 ${errorPoints.toFixed(2)}`;
  return `${reportedTop1Percent.toFixed(2)}${error} %`;
}

/** What a reader of a figure has to mind, as sentences without a stop; empty when there is nothing. */
export function accuracyCautions({ inDomain, saturated, errorPoints }: AccuracyEstimate): readonly string[] {
  return [
    ...(saturated ? ['Saturated: the evaluator cannot tell this network from better ones'] : []),
    ...(inDomain ? [] : ['Outside the domain in which the error was measured: the true error may be larger']),
    ...(errorPoints === null ? ['The error of this figure is not known'] : []),
  ];
}

/** The genes of a network by name, lists with blanks. */
export function geneTexts({ genes }: FoundNetwork): readonly { readonly name: string; readonly values: string }[] {
  return Object.entries(genes).map(([name, value]) => ({
    name,
    values: typeof value === 'object' ? value.join(' ') : String(value),
  }));
}
