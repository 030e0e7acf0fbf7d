import type { ScheduleSummary } from '../../schedule/summary.ts';
import { innerStorages, savedDramWords } from '../../schedule/summary-figures.ts';
import type { NetworkSchedule } from '../../search/run-events.ts';
import { chartFigure, legend } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { numberText } from '../number-text.ts';
import { factList } from '../page/fact-list.ts';
import { bytesFigure, numberFigure, percentFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import type { ReportModel } from '../report-model.ts';
import { drawNetwork, networkLegend } from '../schedule/network-drawing.ts';
import { MOST_DRAWN } from '../schedule/network-layout.ts';
import { occupancyChart, PART_COLORS, showsCapacity } from '../schedule/occupancy-chart.ts';
import { capacityText, operatorsTable, segmentsTable, storagesTable } from '../schedule/schedule-tables.ts';
import { drawWordsBars } from '../schedule/words-bars.ts';

/** Rows up to which a table is open. */
const MOST_OPEN = 12;

/** What stays on chip between the layers of each network; null where the run has no schedule. */
export async function betweenLayersSection({ schedules }: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  if (schedules.length === 0) return null;
  const parts: Markup[] = [];
  for (const [index, one] of schedules.entries()) parts.push(await networkPart(one, index, schedules.length, render));
  return html`<section id="between-layers"><h2>Between layers</h2>
<p class="facts">Operators in the order in which they run. An activation goes by the outermost level, stays whole in the retention level from its first word to its last use, or only ever exists as tiles of a segment.</p>
${parts}</section>`;
}

async function networkPart(
  { network, schedule }: NetworkSchedule,
  index: number,
  count: number,
  render: ChartRenderer,
): Promise<Markup> {
  const { storages, operators } = schedule;
  const segments = segmentsTable(schedule, network);
  const cut =
    operators.length > MOST_DRAWN
      ? html` The first ${numberFigure(MOST_DRAWN)} of ${numberFigure(operators.length)} operators are drawn; the tables have all.`
      : null;
  const folded = (title: string, rows: number, content: Markup) =>
    html`<details${rows <= MOST_OPEN ? html` open` : null}><summary>${title}</summary>
${content}</details>`;
  return html`${count > 1 ? html`<h3>${network}</h3>` : null}<div class="beside"><figure>${networkLegend(schedule)}<div class="tall" role="region" aria-label="Graph of ${network}" tabindex="0">${drawNetwork(schedule, network)}</div>
<figcaption>The pointer on an operator or a line shows its figures.${cut}</figcaption></figure>
<div>${await occupancyFigure(schedule, network, index, render)}
<h3>Words at the outermost level</h3>${drawWordsBars(schedule)}
${scheduleFacts(schedule)}</div></div>
${segments === null ? null : html`<h3>Segments</h3>${segments}`}
${folded(`The ${numberText(operators.length)} operators`, operators.length, operatorsTable(schedule, network))}
${folded(`The ${numberText(storages.length)} activations`, storages.length, storagesTable(schedule, network))}
`;
}

async function occupancyFigure(
  schedule: ScheduleSummary,
  network: string,
  index: number,
  render: ChartRenderer,
): Promise<Markup | null> {
  const wide = occupancyChart(schedule, { width: 640, height: 360 });
  const narrow = occupancyChart(schedule, { width: 350, height: 300 });
  if (wide === null || narrow === null) return null;
  const used = new Set(schedule.occupancy.flatMap(({ parts }) => parts.map(({ what }) => what)));
  const entries = [
    { what: 'pinned', name: 'pinned weights' },
    { what: 'held', name: 'held operands' },
    { what: 'mapping', name: 'tiles of the mapping' },
  ] as const;
  const isNear = showsCapacity(schedule) ? '' : ` Its capacity (${capacityText(schedule)}) is above the chart.`;
  const tiles = used.has('tile') ? ' Steps of one kind stand together.' : '';
  const chart = await chartFigure(render, {
    id: `chart-occupancy-${index}`,
    label: `Contents of ${schedule.levelName} over time, ${network}`,
    legend: legend([
      ...entries.flatMap(({ what, name }) => (used.has(what) ? [{ name, color: PART_COLORS[what] }] : [])),
      { name: 'activations, a colour each', color: 'var(--level1)' },
    ]),
    wide,
    narrow,
    caption: html`What lies in ${schedule.levelName}; the pointer on a band shows what it is.${isNear}${tiles}`,
  });
  return html`<h3>${schedule.levelName} over time</h3>${chart}`;
}

/** How many words more or fewer there are than layer by layer. @param share of those */
function sharesText(share: number): Markup {
  return html`all in all ${percentFigure(Math.abs(1 - share))} ${share > 1 ? 'more' : 'fewer'} than layer by layer`;
}

function scheduleFacts(schedule: ScheduleSummary): Markup {
  const { peak, operators, pinnedBits, oneOffLoadWords, capacityBits, storages, dramWords } = schedule;
  const saved = savedDramWords(schedule);
  const inner = innerStorages(storages);
  const stay = inner.filter(({ home }) => home !== 'outermost').length;
  return factList([
    ['Retention level', html`${schedule.levelName}, ${capacityText(schedule)}`],
    [
      'Peak',
      html`${bytesFigure(peak.bits / 8)}${capacityBits === null || capacityBits === 0 ? null : html` (${percentFigure(peak.bits / capacityBits)})`} at ${operators[peak.operator]!.name}`,
    ],
    ['Activations on chip', html`${numberFigure(stay)} of ${numberFigure(inner.length)}`],
    [
      'DRAM words saved',
      html`${numberFigure(saved)}${dramWords.layerByLayer === null || dramWords.layerByLayer === 0 ? null : html` by their homes; ${sharesText(dramWords.spent / dramWords.layerByLayer)}`}`,
    ],
    [
      'Pinned weights',
      pinnedBits === 0
        ? null
        : html`${bytesFigure(pinnedBits / 8)}, ${numberFigure(oneOffLoadWords)} words loaded once for all runs`,
    ],
  ]);
}
