import type { Accelerator } from '../../accelerator/accelerator.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';

/** Widths of a layer's words, and where a level stores others: those count there. */
export function widthsText({ wordBits }: LayerShape, { levels }: Pick<Accelerator, 'levels'>): string {
  const own = TENSORS.map((tensor) => `${tensor} ${wordBits[tensor]}`).join(', ');
  const stored = levels.flatMap(({ name, storedBits }) => {
    const others = TENSORS.filter((tensor) => (storedBits[tensor] ?? wordBits[tensor]) !== wordBits[tensor]);
    return others.length === 0
      ? []
      : [`${name} ${others.map((tensor) => `${tensor} ${storedBits[tensor]}`).join(', ')}`];
  });
  return `bits per word: ${own}${stored.length === 0 ? '' : `; by storedBits of the accelerator: ${stored.join('; ')}`}`;
}

/** The widths of the layers of a network, with their number where they differ. */
export function networkWidthsText(layers: readonly LayerShape[], accelerator: Pick<Accelerator, 'levels'>): string[] {
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const text = widthsText(layer, accelerator);
    counts.set(text, 1 + (counts.get(text) ?? 0));
  }
  return [...counts].map(([text, count]) => (counts.size === 1 ? text : `${text} (${count} layers)`));
}
