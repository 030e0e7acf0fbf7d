import { finalGap } from '../../app/layers/final-mapping.ts';
import type { FinalNetwork } from '../../app/layers/final-network.ts';
import { percentText } from '../../util/quantity-text.ts';

/**
 * Lines about final mappings that their time ended, each with how far it may be from the least EDP; none where all were done.
 * @param finals with what they are of, in words
 */
export function describeStopped(finals: readonly (readonly [of: string, final: FinalNetwork])[]): string[] {
  return finals
    .filter(([, { isStopped }]) => isStopped)
    .map(([of, final]) => {
      const gap = finalGap(final);
      const known =
        gap === null || final.bound === null
          ? 'how far they are from the least EDP is not known'
          : `their EDP is at most ${percentText(gap)} above the least with ${final.bound.factors} factors`;
      return `the time for final mappings (--final-time) ended those of ${of}: the best so far; ${known}`;
    });
}
