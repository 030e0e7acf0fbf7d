import { chartFigure, legend } from '../charts/chart-figure.ts';
import { type ChartRenderer, loadChartRenderer } from '../charts/chart-svg.ts';
import { KIND_MARKS, kindsOf, MOST_MARKS, type ScatterPoint, scatterChart } from '../charts/scatter-chart.ts';
import { toCsv } from '../csv.ts';
import { numberText, percentText } from '../number-text.ts';
import { factList } from '../page/fact-list.ts';
import { figure, numberFigure, percentFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import { type RenderedReport, reportPage } from '../render-report.ts';
import type { MeasuredPoint, MeasuredSource, ValidationInput } from './measured-source.ts';

/** Names of the page and of the CSV files that it comes with. */
export const VALIDATION_PAGE = 'validation.html';
export const VALIDATION_FILES = ['figures.csv'] as const;

/** Points of a source whose figures stand in a table. */
const MOST_ROWS = 40;

/** Measured and modelled figures: a scatter plot of each source, with rank and error. The same input gives the same bytes. */
export async function renderValidation(input: ValidationInput): Promise<RenderedReport> {
  const render = await loadChartRenderer();
  const sections: [string, string, Markup][] = [['summary', 'Summary', summarySection(input)]];
  for (const source of input.sources) {
    if (source.points.length === 0) continue;
    sections.push([source.id, source.title, await sourceSection(source, render)]);
  }
  sections.push(['limits', 'What remains', limitsSection(input)]);
  const page = reportPage(input.title, input.commandLine, sections, input.version, VALIDATION_FILES);
  return { html: page, csv: { 'figures.csv': figuresCsv(input.sources) } };
}

function summarySection({ sources, notGiven }: ValidationInput): Markup {
  const rows = sources.map(({ id, title, points, unit, spearman, meanAbsoluteError }) => ({
    cells: [
      points.length === 0 ? title : html`<a href="#${id}">${title}</a>`,
      unit,
      numberFigure(points.length),
      rankFigure(spearman),
      meanAbsoluteError === null ? '\u2013' : percentFigure(meanAbsoluteError),
    ],
  }));
  const columns = [
    { name: 'Source', isText: true },
    { name: 'Figure', isText: true },
    { name: 'Compared' },
    { name: 'Rank correlation' },
    { name: 'Mean error' },
  ];
  return html`<section id="summary"><h2>Summary</h2>
<p>Measured figures beside those of the model. Rank correlation is Spearman's: 1 where the model orders everything as it was measured. Mean error is that of |modelled / measured \u2212 1|.</p>
${table('Sources', columns, rows)}${notGiven.length === 0 ? null : html`<ul class="plain note">${notGiven.map((text) => html`<li>${text}</li>`)}</ul>`}</section>`;
}

async function sourceSection(source: MeasuredSource, render: ChartRenderer): Promise<Markup> {
  const { id, title, unit, points, spearman, meanAbsoluteError, facts, notes } = source;
  const drawn = points.map((point): ScatterPoint => ({ ...point, text: pointText(point, unit) }));
  const kinds = kindsOf(drawn);
  const isRaster = points.length > MOST_MARKS;
  const entries = kinds.map((name, index) => ({ name, ...KIND_MARKS[index % KIND_MARKS.length]! }));
  const rank = spearman === null ? 'no rank correlation' : `rank correlation ${spearman.toFixed(3)}`;
  const error = meanAbsoluteError === null ? '' : `, mean error ${percentText(meanAbsoluteError)}`;
  const chart = await chartFigure(render, {
    id: `chart-${id}`,
    label: `${title}: modelled against measured ${unit} of ${numberText(points.length)} points; ${rank}${error}`,
    legend: isRaster || kinds.length < 2 ? undefined : legend(entries),
    wide: scatterChart(drawn, unit, { width: 530, height: 480 }),
    narrow: scatterChart(drawn, unit, { width: 350, height: 330 }),
    caption: html`${numberFigure(points.length)} points, Spearman's \u03c1 = <strong>${rankFigure(spearman)}</strong>${
      meanAbsoluteError === null ? null : html`, mean error <strong>${percentFigure(meanAbsoluteError)}</strong>`
    }. On the line both are equal; the dotted ones are a factor of two off.${
      isRaster ? " The stronger a cell's colour, the more points lie in it." : ''
    }`,
  });
  return html`<section id="${id}"><h2>${title}</h2>
<div class="pair"><div>${chart}</div><div>${facts.length === 0 ? null : factList(facts)}${points.length > MOST_ROWS ? null : pointTable(source)}</div></div>
${notes.length === 0 ? null : html`<ul class="plain">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}<p class="note">Source: ${source.source}</p></section>`;
}

function pointTable({ title, unit, points }: MeasuredSource): Markup {
  const rows = points.map(({ name, kind, measured, model }) => ({
    cells: [name, kind, numberFigure(measured), numberFigure(model), changeFigure(model / measured - 1)],
  }));
  const columns = [
    { name: 'Of', isText: true },
    { name: 'On', isText: true },
    { name: `Measured (${unit})` },
    { name: `Modelled (${unit})` },
    { name: 'Error' },
  ];
  return table(`${title}: figures`, columns, rows, { isSortable: true });
}

function limitsSection({ notModelled }: ValidationInput): Markup {
  return html`<section id="limits"><h2>What remains</h2><p>What the figures of the model leave out, generated for each accelerator.</p>
<ul class="plain">${notModelled.map(({ text, accelerators }) => html`<li>${text} <span class="note">(${accelerators})</span></li>`)}</ul></section>`;
}

function pointText({ name, kind, measured, model }: MeasuredPoint, unit: string): string {
  return `${name} (${kind}): measured ${numberText(measured)} ${unit}, modelled ${numberText(model)}, ${changeText(model / measured - 1)}`;
}

function rankFigure(rank: number | null): Markup | string {
  return rank === null ? '\u2013' : figure(rank, rank.toFixed(3));
}

function changeFigure(change: number): Markup {
  return figure(change, changeText(change));
}

function changeText(change: number): string {
  return `${change < 0 ? '\u2212' : '+'}${percentText(Math.abs(change))}`;
}

function figuresCsv(sources: readonly MeasuredSource[]): string {
  return toCsv(
    ['source', 'unit', 'name', 'on', 'measured', 'model'],
    sources.flatMap(({ title, unit, points }) =>
      points.map(({ name, kind, measured, model }) => [title, unit, name, kind, measured, model]),
    ),
  );
}
