import type { Accelerator } from '../../accelerator/accelerator.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';

/** Widths of a layer's words, and where a level stores others: those count there; means where zeros are coded. */
export function widthsText(layer: LayerShape, { levels }: Pick<Accelerator, 'levels'>): string {
  const { wordBits } = layer;
  const dense = { wordBits };
  const own = TENSORS.map((tensor) => `${tensor} ${wordBits[tensor]}`).join(', ');
  const stored = byLevel(levels, (level, tensor) => {
    const bits = storedWordBits(level, dense, tensor);
    return bits === wordBits[tensor] ? undefined : bits;
  });
  const coded = byLevel(levels, (level, tensor) => {
    const bits = storedWordBits(level, layer, tensor);
    return bits === storedWordBits(level, dense, tensor) ? undefined : bits;
  });
  return [
    `bits per word: ${own}`,
    ...(stored === '' ? [] : [`by storedBits of the accelerator: ${stored}`]),
    ...(coded === '' ? [] : [`by compression: ${coded}`]),
  ].join('; ');
}

/** `Level Tensor bits, ...; Level ...` of those that have any. */
function byLevel(
  levels: Accelerator['levels'],
  bitsOf: (level: Accelerator['levels'][number], tensor: TensorName) => number | undefined,
): string {
  return levels
    .flatMap((level) => {
      const parts = TENSORS.flatMap((tensor) => {
        const bits = bitsOf(level, tensor);
        return bits === undefined ? [] : [`${tensor} ${bits}`];
      });
      return parts.length === 0 ? [] : [`${level.name} ${parts.join(', ')}`];
    })
    .join('; ');
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
