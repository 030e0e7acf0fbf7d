import {
  type AccuracyCaution,
  accuracyCautions,
  accuracyText,
  geneTexts,
  isSearchedOnOther,
} from '../../search/accuracy-text.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import { trialCell } from '../../search/trials.ts';
import { accuracyChart, showsErrors } from '../charts/accuracy-chart.ts';
import { bothSizes, chartFigure, legend } from '../charts/chart-figure.ts';
import type { ChartRenderer } from '../charts/chart-svg.ts';
import { numberText } from '../number-text.ts';
import { factList } from '../page/fact-list.ts';
import { accuracyFigure, energyFigure, figure, numberFigure, siFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../page/html-table.ts';
import type { ReportModel } from '../report-model.ts';

/** The network that a co-search chose: its accuracy with error and source, its size and its genes. Null where networks are given. */
export function networkSection({ best, started }: ReportModel): Markup | null {
  const network = best?.network;
  if (network === undefined) return null;
  const { accuracy, macs, parameters } = network;
  const { space } = started;
  const floor = space?.floorPercent ?? null;
  const facts = [
    ['Top-1 accuracy', figure(accuracy.reportedTop1Percent, accuracyText(accuracy))],
    ['Source', accuracy.source],
    ['Searched on', isSearchedOnOther(accuracy) ? accuracyFigure(accuracy.top1Percent) : null],
    ['Floor', floor === null ? null : figure(floor, `${floor} %`)],
    ['MACs', siFigure(macs)],
    ['Parameters', siFigure(parameters)],
    ['Space', space && html`${space.title}, ${numberFigure(space.size)} networks`],
    ['Network', network.key],
  ] as const;
  const genes = geneTexts(network).map(({ name, values }) => [name, values] as const);
  return html`<section id="network"><h2>Network</h2>
${accuracyCautions(accuracy).map((caution) => html`<p class="warn">${CAUTIONS[caution].sentence}.</p>`)}
<div class="pair"><div><h3>Accuracy and size</h3>${factList(facts)}
${accuracy.notes.length === 0 ? null : html`<ul class="plain">${accuracy.notes.map((note) => html`<li>${note}</li>`)}</ul>`}</div>
<div><h3>Genes</h3>${factList(genes, 'facts genes')}</div></div></section>`;
}

/** Accuracy against EDP of all networks met; null where networks are given. */
export async function accuracySection(model: ReportModel, render: ChartRenderer): Promise<Markup | null> {
  const sizes = bothSizes((frame) => accuracyChart(model, frame), 420, 340);
  if (sizes === null) return null;
  const { accuracyFront, best } = model;
  const hasCloud = model.trials.some(
    ({ trial, network }) => network !== undefined && !accuracyFront.some((point) => point.trial === trial),
  );
  const chart = await chartFigure(render, {
    id: 'chart-accuracy',
    label: `${accuracyFront.length} networks on the front of accuracy against EDP`,
    legend: legend([
      {
        name: showsErrors(accuracyFront) ? 'on the front, with standard error' : 'on the front',
        color: 'var(--front)',
        shape: 'circle',
      },
      ...(hasCloud ? [{ name: 'other scored trial', color: 'var(--cloud)', shape: 'circle' } as const] : []),
      ...(best?.network === undefined
        ? []
        : [{ name: 'chosen network', color: 'var(--accent)', shape: 'star' } as const]),
    ]),
    ...sizes,
    caption: html`A network is on the front if no network met is at least as accurate at no more EDP. The chart shows the accuracy that the search compares${hasTwoAccuracies(accuracyFront) ? html`; the reported one, such as the test accuracy after full training, stands in the table` : null}.`,
  });
  return html`<section id="accuracy"><h2>Accuracy against EDP</h2>${chart}
<details${accuracyFront.length <= 12 ? html` open` : null}><summary>The ${accuracyFront.length} networks on the front</summary>
${frontTable(accuracyFront, best?.trial)}</details></section>`;
}

const CAUTIONS: Readonly<Record<AccuracyCaution, { readonly words: string; readonly sentence: string }>> = {
  saturated: {
    words: 'saturated',
    sentence: 'Saturated: the evaluator cannot tell this network from better ones',
  },
  'out-of-domain': {
    words: 'out of domain',
    sentence: 'Outside the domain in which the error was measured: the true error may be larger',
  },
  'error-unknown': { words: 'error unknown', sentence: 'The error of this figure is not known' },
};

function hasTwoAccuracies(front: readonly AccuracyPoint[]): boolean {
  return front.some(({ network }) => isSearchedOnOther(network.accuracy));
}

function frontTable(front: readonly AccuracyPoint[], bestTrial: number | undefined): Markup {
  const hasTwo = hasTwoAccuracies(front);
  const rows = front.map((point) => ({
    kind: point.trial === bestTrial ? ('own' as const) : undefined,
    cells: [
      figure(point.trial, trialCell(point.trial)),
      figure(point.network.accuracy.reportedTop1Percent, accuracyText(point.network.accuracy)),
      ...(hasTwo ? [accuracyFigure(point.network.accuracy.top1Percent)] : []),
      numberFigure(point.edpPjCycles),
      energyFigure(point.energyPj),
      figure(point.cycles, numberText(Math.round(point.cycles))),
      numberFigure(point.areaMm2),
      siFigure(point.network.macs),
      siFigure(point.network.parameters),
      accuracyCautions(point.network.accuracy)
        .map((caution) => CAUTIONS[caution].words)
        .join(', '),
    ],
  }));
  return table(
    'Networks on the front',
    [
      { name: 'Trial' },
      { name: 'Top-1' },
      ...(hasTwo ? [{ name: 'Searched on' }] : []),
      { name: 'EDP (pJ\u00b7cycles)' },
      { name: 'Energy' },
      { name: 'Cycles' },
      { name: 'Area (mm\u00b2)' },
      { name: 'MACs' },
      { name: 'Parameters' },
      { name: 'Mind', isText: true },
    ],
    rows,
    { isSortable: true },
  );
}
