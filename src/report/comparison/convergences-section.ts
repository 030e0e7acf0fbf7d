import { bothSizes, chartFigure, runLegend } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { convergenceOverlay } from '../charts/convergence-chart.ts';
import { html, type Markup } from '../page/html.ts';
import type { ReportModel } from '../report-model.ts';
import { runNames } from './run-names.ts';

/** Best score by trial of both searches as a chart; null unless both scored designs. */
export async function convergencesSection(
  a: ReportModel,
  b: ReportModel,
  render: ChartRenderer,
): Promise<Markup | null> {
  const sizes = bothSizes((frame) => convergenceOverlay(a, b, frame), 360, 300);
  if (sizes === null) return null;
  const chart = await chartFigure(render, {
    id: 'chart-overlay',
    label: 'Best score by trial of both runs',
    legend: runLegend(runNames(a, b)),
    ...sizes,
    caption: html`Best EDP so far over that of the run's own baseline with optimal mappings. Comparable only where both runs have the same networks and budget.`,
  });
  return html`<section id="convergence"><h2>Convergence</h2>${chart}</section>`;
}
