import { wrappedText } from '../../util/text-columns.ts';
import type { Canvas } from '../drawing/canvas.ts';
import type { Controls } from '../state/ui-state.ts';
import { drawHeading } from './page-parts.ts';

const KEYS: readonly (readonly [keys: string, text: string, inReadOnly: boolean])[] = [
  ['↑ ↓, PgUp PgDn', 'select a layer or an operator, scroll', true],
  ['Enter, Esc', 'open the mapping of the layer, close it', true],
  ['◄ ►', 'charts of the Pareto page, next layer or network', true],
  ['q', 'end cleanly and save', false],
  ['p', 'pause and go on', false],
  ['r', 'write the report now', false],
  ['Ctrl-C', 'end cleanly; twice: at once', false],
  ['Ctrl-Z, Ctrl-L', 'suspend (fg comes back), draw the screen again', true],
];

/** Help: the keys, and how to read the drawings. @param pageCount pages that the run has */
export function drawHelpPage(canvas: Canvas, { readOnly, keepsFolder }: Controls, pageCount: number): void {
  let y = drawHeading(canvas, 0, 'Keys');
  const keys = readOnly
    ? [...KEYS.filter(([, , inReadOnly]) => inReadOnly), ['q', 'leave; the run goes on', true] as const]
    : KEYS.filter(([key]) => key !== 'r' || keepsFolder);
  for (const [key, text] of [[`1-${pageCount}, Tab`, 'pages'] as const, ...keys]) {
    canvas.text(1, y, key, 'strong');
    canvas.text(17, y++, text);
  }
  y = drawHeading(canvas, y + 1, 'Reading the pages');
  const lines = [
    'EDP is energy × latency, in pJ·cycles; several networks: geometric mean.',
    'vs published, vs optimal: gain over the baseline with its published dataflow, with optimal mappings: of networks as a whole, as in the end; “layers” = mapped one by one. All are mapped anew after the search.',
    '∥ K: the dim K runs in parallel along that array dimension.',
    'Words that PEs share are broadcast along a link; partial sums are reduced.',
    'Top-1 76.5 ± 0.3 %: accuracy, standard error; amber: to be read with care.',
    'Bottleneck 1.4×: so much faster if that resource had no limit.',
  ];
  for (const line of lines.flatMap((text) => wrappedText(text, canvas.width - 1))) canvas.text(1, y++, line, 'dim');
}
