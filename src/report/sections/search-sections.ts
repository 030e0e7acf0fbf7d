import { FRONT_OBJECTIVE } from '../../search/found-network.ts';
import { trialCell } from '../../search/trials.ts';
import { bothSizes, chartFigure, type LegendEntry, legend } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { convergenceChart } from '../charts/convergence-chart.ts';
import { frontChart } from '../charts/front-chart.ts';
import { designText } from '../design-labels.ts';
import { numberText } from '../number-text.ts';
import { energyFigure, factorFigure, figure, numberFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import { BASELINE_NAMES, type ReportModel } from '../report-model.ts';

/** Convergence: counters, the score by trial as a chart, figures by generation. Null where nothing was scored. */
export async function convergenceSection(model: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  const sizes = bothSizes((frame) => convergenceChart(model, frame), 380, 320);
  const scoresAllAtOnce = model.started.strategy === 'exhaustive';
  if (sizes === null || scoresAllAtOnce) return null;
  const chart = await chartFigure(render, {
    id: 'chart-convergence',
    label: `Score by trial: ${numberText(model.scored[0]!.score)} at the first scored trial, ${numberText(model.scored.at(-1)!.bestScore)} in the end`,
    legend: legend([
      { name: 'best so far', color: 'var(--accent)', shape: 'line' },
      { name: 'a scored trial', color: 'var(--cloud)', shape: 'circle' },
      ...baselineEntries(model, 'dashes'),
    ]),
    ...sizes,
    caption: html`${scoreMeaning(model)} Trials that were stopped early because they could not win have no point.${finalScore(model)}`,
  });
  return html`<section id="convergence"><h2>Convergence</h2>${counterFacts(model)}${chart}${generationTable(model)}</section>`;
}

/** Energy, latency and area of the designs that no other covers; null where nothing was scored. */
export async function frontSection(model: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  const sizes = bothSizes((frame) => frontChart(model, frame), 420, 340);
  if (sizes === null) return null;
  const { front } = model;
  const chart = await chartFigure(render, {
    id: 'chart-front',
    label: `${front.length} designs on the front of energy, cycles and area`,
    legend: legend([
      { name: 'on the front (size: area)', color: 'var(--front)', shape: 'circle' },
      { name: 'other scored trial', color: 'var(--cloud)', shape: 'circle' },
      { name: 'chosen design', color: 'var(--accent)', shape: 'star' },
      ...baselineEntries(model),
      { name: 'same EDP as the chosen design', color: 'var(--muted)', shape: 'dots' },
    ]),
    ...sizes,
    caption: html`A design is on the front if no scored design is at least as good in energy, cycles and area; it may lie behind others here because the third axis, area, is only its size. Geometric means over the networks, mapped as in the search.`,
  });
  const ordered = [...front].sort((a, b) => a.energyPj * a.cycles - b.energyPj * b.cycles || a.trial - b.trial);
  const rows = ordered.map((point) => ({
    kind: point.trial === model.best?.trial ? ('own' as const) : undefined,
    cells: [
      figure(point.trial, trialCell(point.trial)),
      energyFigure(point.energyPj),
      figure(point.cycles, numberText(Math.round(point.cycles))),
      numberFigure(point.energyPj * point.cycles),
      numberFigure(point.areaMm2),
      designText(point.design),
    ],
  }));
  return html`<section id="front"><h2>Pareto front</h2>${chart}
<details${front.length <= 12 ? html` open` : null}><summary>The ${front.length} designs on the front</summary>
${table(
  'Designs on the front',
  [
    { name: 'Trial' },
    { name: 'Energy' },
    { name: 'Cycles' },
    { name: 'EDP (pJ\u00b7cycles)' },
    { name: 'Area (mm\u00b2)' },
    { name: 'Design', isName: true },
  ],
  rows,
  { isSortable: true },
)}</details></section>`;
}

/** What the convergence chart shows. */
function scoreMeaning({ started }: ReportModel): string {
  return started.objective === FRONT_OBJECTIVE
    ? "The score of a search for a front: geometric mean of the EDP of a trial's networks over the baseline's, over all accuracies from the floor to the highest; below 1 is better. It is not the EDP of the chosen network."
    : "EDP over the baseline's EDP with optimal mappings, geometric mean over the networks; below 1 is better.";
}

/** Score of the chosen design with the final mappings of it and the baseline; null where it is that of the search. */
function finalScore({ best, reason, improvement, started }: ReportModel): Markup | null {
  if (started.objective === FRONT_OBJECTIVE) return null;
  if (best === null || reason === null || improvement.optimal === null) return null;
  const score = 1 / improvement.optimal;
  if (Math.abs(score / best.score - 1) < 5e-4) return null;
  return html` With final mappings of both, the chosen design comes to ${numberFigure(score, 3)} in place of ${numberFigure(best.score, 3)}.`;
}

function baselineEntries(model: ReportModel, shape?: 'dashes'): readonly LegendEntry[] {
  const entries: LegendEntry[] = [];
  if (model.optimal !== null)
    entries.push({ name: BASELINE_NAMES.optimal, color: 'var(--optimal)', shape: shape ?? 'diamond' });
  if (model.published !== null)
    entries.push({ name: BASELINE_NAMES.published, color: 'var(--published)', shape: shape ?? 'triangle-up' });
  return entries;
}

function counterFacts(model: ReportModel): Markup | null {
  const { counters, trials, generations } = model;
  if (counters === null) return null;
  const rejected = Object.values(counters.rejections).reduce((sum, value) => sum + value, 0);
  return html`<p class="facts">${numberFigure(generations.length)} ${generations.length === 1 ? 'generation' : 'generations'}, ${numberFigure(trials.length)} trials: ${numberFigure(counters.scored)} scored, ${numberFigure(counters.stopped)} stopped early, ${numberFigure(counters.unmappable)} not mappable; ${numberFigure(rejected)} samples outside the budget. ${numberFigure(counters.mappingsEvaluated)} mappings scored; ${numberFigure(counters.layersMapped)} layers mapped, ${numberFigure(counters.layersRemembered)} remembered, ${numberFigure(counters.layersSkipped)} skipped.</p>`;
}

function generationTable({ generations }: ReportModel): Markup {
  let best = Number.POSITIVE_INFINITY;
  const rows = generations.map(({ generation, trials: records }) => {
    const scores = records.flatMap(({ score }) => (score === undefined ? [] : [score])).sort((a, b) => a - b);
    best = Math.min(best, scores[0] ?? Number.POSITIVE_INFINITY);
    const median = scores[Math.floor(scores.length / 2)];
    const of = (outcome: string) => records.filter((record) => record.outcome === outcome).length;
    const score = (value: number | undefined) =>
      value === undefined || !Number.isFinite(value) ? '' : numberFigure(value);
    return {
      cells: [
        figure(generation, String(generation)),
        score(best),
        Number.isFinite(best) ? factorFigure(1 / best) : '',
        score(scores[0]),
        score(median),
        ...['scored', 'stopped', 'unmappable'].map((outcome) => figure(of(outcome), String(of(outcome)))),
      ],
    };
  });
  return html`<details><summary>Figures by generation</summary>${table(
    'Figures by generation',
    [
      { name: 'Generation' },
      { name: 'Best so far' },
      { name: 'Gain so far' },
      { name: 'Best of generation' },
      { name: 'Median' },
      { name: 'Scored' },
      { name: 'Stopped' },
      { name: 'Not mappable' },
    ],
    rows,
  )}</details>`;
}
