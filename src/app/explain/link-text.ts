import type { LinkCost } from '../../cost/link-cost.ts';
import { energyText, groupedText, siText } from '../../util/quantity-text.ts';

/** Name of the energy that bits take on their way over the link, beside what levels leak meanwhile. */
export const LINK_BITS = 'host link bits';

/**
 * What goes over a host link, and the time and energy that takes: of the bits themselves and of levels that leak meanwhile.
 * @param where what these are a part of
 */
export function linkText(link: LinkCost, where: '' | ' of these' = ''): string {
  const {
    bits: { weights, inputs, outputs },
    cycles,
    energyPj,
    linkPj,
  } = link;
  const bytes = (bits: number) => siText(bits / 8, 'B');
  const parts =
    energyPj === linkPj
      ? ''
      : ` (${energyText(linkPj)} of the bits, ${energyText(energyPj - linkPj)} what levels leak meanwhile)`;
  return `${bytes(weights)} of weights, ${bytes(inputs)} of inputs, ${bytes(outputs)} of outputs: ${groupedText(cycles)} ${cycles === 1 ? 'cycle' : 'cycles'} and ${energyText(energyPj)}${where}${parts}`;
}
