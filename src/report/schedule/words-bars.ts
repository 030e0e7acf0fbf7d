import type { ScheduleSummary } from '../../schedule/summary.ts';
import { factorText, numberText } from '../number-text.ts';
import { html, type Markup } from '../page/html.ts';

const WIDTH = 400;
const ROW = 44;

/** Words at the outermost level: those that no schedule avoids, of this one, and layer by layer where that is known. */
export function drawWordsBars({ dramWords }: ScheduleSummary): Markup {
  const { spent, compulsory, layerByLayer } = dramWords;
  const ofCompulsory = (words: number) => (compulsory > 0 ? ` (${factorText(words / compulsory)} of these)` : '');
  const bars = [
    { kind: 'least', name: 'compulsory', words: compulsory, note: '' },
    { kind: 'own', name: 'this schedule', words: spent, note: ofCompulsory(spent) },
    ...(layerByLayer === null
      ? []
      : [{ kind: 'before', name: 'layer by layer', words: layerByLayer, note: ofCompulsory(layerByLayer) }]),
  ];
  const most = Math.max(...bars.map(({ words }) => words), 1);
  const height = ROW * bars.length;
  const label = `DRAM words: ${bars.map(({ name, words }) => `${name} ${numberText(words)}`).join(', ')}`;
  return html`<svg class="drawing" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">${bars.map(
    ({ kind, name, words, note }, i) =>
      html`<text x="0" y="${ROW * i + 14}">${name}: ${numberText(words)}${note}</text><rect class="words-${kind}" x="0" y="${ROW * i + 20}" width="${Math.round((100 * WIDTH * words) / most) / 100}" height="14"/>`,
  )}</svg>`;
}
