import type { LayerSummary } from '../search/run-events.ts';
import { cleanText } from './page/html.ts';

/** One label per layer, at most `length` characters and unique; repeats as `x3`. */
export function layerLabels(
  layers: readonly Pick<LayerSummary, 'name' | 'repeat'>[],
  length: number,
): readonly string[] {
  const used = new Set<string>();
  return layers.map(({ name, repeat }) => {
    const times = repeat === 1 ? '' : ` \u00d7${repeat}`;
    const characters = [...cleanText(name).replace(/\s+/g, ' ')];
    const room = Math.max(4, length - times.length);
    const half = Math.floor((room - 1) / 2);
    const short =
      characters.length <= room
        ? characters.join('')
        : `${characters.slice(0, room - 1 - half).join('')}\u2026${characters.slice(-half).join('')}`;
    let label = `${short}${times}`;
    for (let copy = 2; used.has(label); copy++) label = `${short}${times} (${copy})`;
    used.add(label);
    return label;
  });
}
