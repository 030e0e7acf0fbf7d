import type { TopLevelSpec } from 'vega-lite';
import { accuracyText, geneTexts } from '../../search/accuracy-text.ts';
import type { FoundNetwork } from '../../search/found-network.ts';
import { type ChartFrame, chartBase, logDomain, logScale, logTicks, runEncoding } from '../charts/chart-base.ts';
import { bothSizes, chartFigure, runLegend } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { numberText } from '../number-text.ts';
import { factorFigure, figure, siFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { type Row, table } from '../page/html-table.ts';
import type { ReportModel } from '../report-model.ts';
import { runNames } from './run-names.ts';

/** The networks of two co-searches side by side with their accuracies, and both fronts; null where neither searched networks. */
export async function accuracyComparison(
  a: ReportModel,
  b: ReportModel,
  render: ChartRenderer,
): Promise<Markup | null> {
  const networks = [a.best?.network, b.best?.network] as const;
  if (networks.every((network) => network === undefined)) return null;
  const sizes = bothSizes((frame) => frontsChart(a, b, frame), 380, 320);
  const chart =
    sizes === null
      ? null
      : await chartFigure(render, {
          id: 'chart-fronts',
          label: 'Fronts of accuracy against EDP of both runs',
          legend: runLegend(runNames(a, b)),
          ...sizes,
          caption: html`Comparable only where both accuracies come from the same source.`,
        });
  return html`<section id="accuracy"><h2>Networks and accuracy</h2>${networkTable(...networks)}${chart}</section>`;
}

function networkTable(a: FoundNetwork | undefined, b: FoundNetwork | undefined): Markup {
  const rows: Row[] = [];
  const row = (name: string, text: (network: FoundNetwork) => Markup | string, difference: Markup | string = '') => {
    const show = (network: FoundNetwork | undefined) => (network === undefined ? 'given' : text(network));
    rows.push({ cells: [name, show(a), show(b), difference] });
  };
  const ratio = (of: (network: FoundNetwork) => number) =>
    a === undefined || b === undefined ? '' : factorFigure(of(a) / of(b));
  row(
    'Top-1 accuracy',
    ({ accuracy }) => figure(accuracy.reportedTop1Percent, accuracyText(accuracy)),
    a === undefined || b === undefined ? '' : pointsText(a, b),
  );
  row('Source of the accuracy', ({ accuracy }) => accuracy.source);
  row(
    'MACs',
    ({ macs }) => siFigure(macs),
    ratio(({ macs }) => macs),
  );
  row(
    'Parameters',
    ({ parameters }) => siFigure(parameters),
    ratio(({ parameters }) => parameters),
  );
  const names = [...new Set([a, b].flatMap((network) => Object.keys(network?.genes ?? {})))];
  const values = (network: FoundNetwork, name: string) =>
    geneTexts(network).find((gene) => gene.name === name)?.values ?? '';
  for (const name of names) row(`Gene ${name}`, (network) => values(network, name));
  return table(
    'Networks of both runs',
    [
      { name: 'Figure', isText: true },
      { name: 'A', isName: true },
      { name: 'B', isName: true },
      { name: 'A against B', isText: true },
    ],
    rows,
  );
}

/** `+0.42 points`, with what the standard errors allow to say. */
function pointsText(a: FoundNetwork, b: FoundNetwork): Markup {
  const difference = a.accuracy.reportedTop1Percent - b.accuracy.reportedTop1Percent;
  const [errorA, errorB] = [a.accuracy.errorPoints, b.accuracy.errorPoints];
  const error = errorA === null || errorB === null ? null : Math.hypot(errorA, errorB);
  const within = error !== null && Math.abs(difference) < error ? ', within the error' : '';
  return html`${figure(difference, `${difference >= 0 ? '+' : '\u2212'}${numberText(Math.abs(difference), 3)} points`)}${within}`;
}

/** Fronts of accuracy of two runs. */
function frontsChart(a: ReportModel, b: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const values = [a, b].flatMap(({ accuracyFront }, index) =>
    accuracyFront.map(({ network, edpPjCycles }) => ({
      run: 'AB'[index],
      edp: edpPjCycles,
      accuracy: network.accuracy.top1Percent,
    })),
  );
  if (a.accuracyFront.length === 0 || b.accuracyFront.length === 0) return null;
  const domain = logDomain(
    values.map(({ edp }) => edp),
    1.1,
  );
  return {
    ...chartBase(frame),
    data: { values },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2.25, point: { size: 36 }, aria: false },
    encoding: {
      x: {
        field: 'edp',
        type: 'quantitative',
        scale: logScale(domain),
        axis: { title: 'EDP (pJ\u00b7cycles)', format: '.1~e', values: logTicks(domain) },
      },
      y: {
        field: 'accuracy',
        type: 'quantitative',
        scale: { zero: false },
        axis: { title: 'Top-1 accuracy (%)', format: '.4~g', tickCount: 6 },
      },
      ...runEncoding(),
    },
  };
}
