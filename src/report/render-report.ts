import { provenLayers } from '../search/run-figures.ts';
import { loadChartRenderer } from './charts/chart-svg.ts';
import { type Hole, html, type Markup, renderPage } from './page/html.ts';
import { pageMark } from './page/page-files.ts';
import { PAGE_SCRIPT } from './page/page-script.ts';
import { PAGE_STYLE } from './page/page-style.ts';
import { type ReportInput, type ReportModel, reportModel } from './report-model.ts';
import { csvFiles } from './run-csv.ts';
import { acceleratorSection } from './sections/accelerator-section.ts';
import { betweenLayersSection } from './sections/between-layers-section.ts';
import { correlationSection } from './sections/correlation-section.ts';
import { energySection, layersSection, mappingsSection, rooflineSection } from './sections/layer-sections.ts';
import { accuracySection, networkSection } from './sections/network-section.ts';
import { limitsSection, reproduceSection } from './sections/run-section.ts';
import { convergenceSection, frontSection } from './sections/search-sections.ts';
import { summarySection } from './sections/summary-section.ts';

/** A report in memory: the caller writes the files. */
export interface RenderedReport {
  /** One page that needs no other file and no network. */
  readonly html: string;
  /** CSV texts by file name. */
  readonly csv: Record<string, string>;
}

/**
 * The report of a run, finished or not. The same input gives the same bytes.
 * @throws TrifoldError `foreign` if the events have no start
 */
export async function renderReport(input: ReportInput): Promise<RenderedReport> {
  const model = reportModel(input);
  const render = await loadChartRenderer();
  const sections: readonly (readonly [string, string, Markup | null])[] = [
    ['summary', 'Summary', summarySection(model)],
    ['network', 'Network', networkSection(model)],
    ['accuracy', 'Accuracy', await accuracySection(model, render)],
    ['accelerator', 'Accelerator', acceleratorSection(model)],
    ['convergence', 'Convergence', await convergenceSection(model, render)],
    ['front', 'Pareto front', await frontSection(model, render)],
    ['roofline', 'Roofline', await rooflineSection(model, render)],
    ['energy', 'Energy', await energySection(model, render)],
    ['between-layers', 'Between layers', await betweenLayersSection(model, render)],
    ['layers', 'Layers', layersSection(model)],
    ['mappings', 'Mappings', mappingsSection(model)],
    ['correlation', 'Correlation', await correlationSection(model, render)],
    ['limits', 'Limits', limitsSection(model)],
    ['reproduce', 'Reproduce', reproduceSection(model)],
  ];
  const csv = csvFiles(model);
  return { html: reportPage(input.title, subtitle(model), sections, input.version, Object.keys(csv)), csv };
}

/** Names of the CSV files of a report. @throws TrifoldError `foreign` if the events have no start */
export function reportFiles(input: ReportInput): string[] {
  return Object.keys(csvFiles(reportModel(input)));
}

/** Frame of a report: title, links to the sections, the sections that there are. @param files that it comes with */
export function reportPage(
  title: string,
  facts: Hole,
  sections: readonly (readonly [id: string, name: string, content: Markup | null])[],
  version: string,
  files: readonly string[],
): string {
  const present = sections.filter(([, , content]) => content !== null);
  const body = html`<a class="skip" href="#summary">Skip to the summary</a>
<header><p class="eyebrow">Trifold report</p><h1>${title}</h1><p class="facts">${facts}</p></header>
<nav aria-label="Sections"><ul>${present.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>
${present.map(([, , content]) => html`${content}\n`)}</main>
<footer>Written by Trifold ${version}. Energy, latency and area come from an analytical model, not from silicon.</footer>`;
  const head = pageMark(files);
  return renderPage({ title: `${title} \u2013 Trifold`, head, style: PAGE_STYLE, script: PAGE_SCRIPT, body });
}

/** Command, networks, hardware, strategy, seed, work and end of a run in one line. */
export function subtitle({ started, reason, trials, layers, schedules }: ReportModel): string {
  const networks = started.space?.title ?? started.networks.map(({ name }) => name).join(', ');
  const where =
    started.accelerator !== undefined
      ? `on ${started.accelerator}`
      : started.budget !== undefined
        ? `within the budget ${started.budget.name}`
        : '';
  const work =
    trials.length > 0
      ? `${trials.length} trials`
      : `${provenLayers(layers).count} ${schedules.length > 0 ? 'kinds of steps' : 'layers'}`;
  const end = reason === null ? 'not ended' : `ended: ${reason}`;
  return `${started.command} ${networks} ${where} \u00b7 strategy ${started.strategy} \u00b7 seed ${started.seed} \u00b7 ${work} \u00b7 ${end}`;
}
