import { boundsChart } from '../charts/bounds-chart.ts';
import { bothSizes, chartFigure } from '../charts/chart-figure.ts';
import { loadChartRenderer } from '../charts/chart-svg.ts';
import { factList } from '../page/fact-list.ts';
import { bytesFigure, factorFigure, numberFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import { type RenderedReport, reportPage } from '../render-report.ts';
import type { BoundsPageInput } from './bounds-input.ts';

/** Names of the page and of the CSV file that it comes with. */
export const BOUNDS_PAGE = 'bounds.html';
export const BOUNDS_FILES = ['stairs.csv'] as const;

/** The least traffic by capacity: curve, table, layers. The same input gives the same bytes. */
export async function renderBounds(input: BoundsPageInput): Promise<RenderedReport> {
  const sections: [string, string, Markup | null][] = [
    ['summary', 'Summary', await summarySection(input)],
    ['capacities', 'Capacities', capacitySection(input)],
    ['layers', 'Layers', input.layers.length < 2 ? null : layerSection(input)],
  ];
  const page = reportPage(input.title, input.commandLine, sections, input.version, BOUNDS_FILES);
  return { html: page, csv: { 'stairs.csv': input.csv } };
}

async function summarySection(input: BoundsPageInput): Promise<Markup> {
  const sizes = bothSizes((frame) => boundsChart(input, frame), 420, 320);
  const chart =
    sizes === null
      ? null
      : await chartFigure(await loadChartRenderer(), {
          id: 'chart-bounds',
          label: `${input.title}: ${input.about} Stairs falling to the compulsory line.`,
          ...sizes,
          caption: html`Below the stairs there is no mapping. Dots are the capacities of the table${
            input.togetherStairs.length > 0 ? '; the dashed line is both layers together, tile by tile' : ''
          }${input.rows.some(({ isOwn }) => isOwn) ? ', the diamond is the buffer of the accelerator' : ''}.`,
        });
  return html`<section id="summary"><h2>Summary</h2><p>${input.about}</p>${factList(input.facts)}${chart}</section>`;
}

function capacitySection({ rows, title, count, togetherStairs }: BoundsPageInput): Markup {
  const isOne = rows.some(({ figures }) => figures !== null && figures.mapping !== null);
  const isPair = togetherStairs.length > 0;
  const columns = [
    ...['Capacity', 'Words', 'Bytes', 'Over compulsory', 'MACs per byte'].map((name) => ({ name })),
    ...(isPair ? [{ name: `Together (${count})` }, { name: 'How', isText: true }] : []),
    ...(isOne ? ['Tile', 'Loops outside, outermost first'].map((name) => ({ name, isText: true })) : []),
  ];
  const cells = rows.map(({ capacityBytes, isOwn, figures, together }) => ({
    ...(isOwn ? { kind: 'own' as const } : {}),
    cells: [
      bytesFigure(capacityBytes),
      ...(figures === null
        ? ['no tile fits', '', '', '']
        : [
            numberFigure(figures.words),
            bytesFigure(figures.bytes),
            factorFigure(figures.timesCompulsory),
            numberFigure(figures.macsPerByte),
          ]),
      ...(!isPair ? [] : together === null ? ['no tile fits', ''] : [numberFigure(together.value), together.how]),
      ...(isOne ? [figures?.mapping?.tile ?? '', figures?.mapping?.loops ?? ''] : []),
    ],
  }));
  return html`<section id="capacities"><h2>Capacities</h2>${table(`${title}: least traffic by capacity`, columns, cells)}</section>`;
}

function layerSection({ layers, title }: BoundsPageInput): Markup {
  const columns = [
    { name: 'Layer', isName: true, isText: true },
    ...['Runs', 'MACs', 'Compulsory words', 'Reached from'].map((name) => ({ name })),
  ];
  const rows = layers.map(({ name, repeat, macs, compulsoryWords, fromBytes }) => ({
    cells: [name, numberFigure(repeat), numberFigure(macs), numberFigure(compulsoryWords), bytesFigure(fromBytes)],
  }));
  return html`<section id="layers"><h2>Layers</h2>${table(`${title}: layers`, columns, rows, { isSortable: true })}</section>`;
}
