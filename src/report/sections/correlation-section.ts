import { chartFigure } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { correlationChart, distinctPlaces, MOST_POINTS } from '../charts/correlation-chart.ts';
import { figure, numberFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import type { ReportModel } from '../report-model.ts';

/** Figures that the run compared with others of the same networks; null where there are none. */
export async function correlationSection(model: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  if (model.correlations.length === 0) return null;
  const parts: Markup[] = [];
  for (const [index, correlation] of model.correlations.entries()) {
    const { title, points, kendallTau, spearmanRho, notes } = correlation;
    const places = distinctPlaces(points);
    const isRaster = places.length > MOST_POINTS;
    const count = numberFigure(points.length);
    const chart = await chartFigure(render, {
      id: `chart-correlation-${index}`,
      label: `${title}: Kendall's tau ${kendallTau.toFixed(3)}, Spearman's rho ${spearmanRho.toFixed(3)}`,
      wide: correlationChart(correlation, { width: 1100, height: 460 }),
      narrow: correlationChart(correlation, { width: 350, height: 350 }),
      caption: isRaster
        ? html`${count} networks; the stronger a cell's colour, the more of them lie in it.`
        : places.length === points.length
          ? html`Every mark is one of ${count} networks.`
          : html`${count} networks at ${numberFigure(places.length)} places; the size of a mark is how many lie there.`,
    });
    parts.push(html`<h3>${title}</h3><p>Rank correlation over ${count} networks: Kendall's \u03c4 = <strong>${figure(kendallTau, kendallTau.toFixed(3))}</strong>, Spearman's \u03c1 = <strong>${figure(spearmanRho, spearmanRho.toFixed(3))}</strong>.</p>
${chart}${notes.length === 0 ? null : html`<ul class="plain">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`);
  }
  return html`<section id="correlation"><h2>Correlation</h2>${parts}</section>`;
}
