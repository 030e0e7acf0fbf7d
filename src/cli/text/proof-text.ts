import { percentText } from '../../util/quantity-text.ts';

/** What is proven of a network as a whole, and of which objective where it is not the EDP that stands beside. */
export function networkProofText(
  { optimal, value, lowerBound }: { readonly optimal: boolean; readonly value: number; readonly lowerBound: number },
  objective: string,
): string {
  const gap = lowerBound > 0 ? `gap <= ${percentText(value / lowerBound - 1, 3)}` : 'not proven';
  return `${optimal ? 'proven optimal' : gap}${objective === 'edp' ? '' : ` for ${objective}`}`;
}
