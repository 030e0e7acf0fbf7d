import { macUnits, onChipBytes } from '../../accelerator/placed-levels.ts';
import type { AccuracyEstimate } from '../../search/found-network.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { BaselineEvent } from '../../search/run-events.ts';
import { provenLayers } from '../../search/run-figures.ts';
import { siText } from '../../util/quantity-text.ts';
import { othersText } from '../../workload/network-part.ts';
import { designTitle } from '../design-labels.ts';
import { durationText, numberText } from '../number-text.ts';
import {
  accuracyFigure,
  bytesFigure,
  energyFigure,
  factorFigure,
  figure,
  numberFigure,
  siFigure,
} from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { type Row, table } from '../page/html-table.ts';
import { type ReportModel, resultTitle } from '../report-model.ts';
import { verdict } from './verdict.ts';

/** The result of the run: in a sentence, in figures, and against both baselines. */
export function summarySection(model: ReportModel): Markup {
  const { networks } = model;
  return html`<section id="summary"><h2>Summary</h2>
${verdict(model)}
<ul class="cards">${cards(model)}</ul>
${networks.some(({ result }) => result !== null) ? comparisonTable(model) : null}
${othersNote(model)}
${clockNote(model)}
${notes(model)}
</section>`;
}

function cards(model: ReportModel): readonly Markup[] {
  const { improvement, best, specification, networks } = model;
  const list: Markup[] = [];
  const card = (value: Markup, name: string) =>
    list.push(html`<li><span class="value">${value}</span><span class="name">${name}</span></li>`);
  if (improvement.published !== null) card(factorFigure(improvement.published), 'EDP gain over the published dataflow');
  if (improvement.optimal !== null) card(factorFigure(improvement.optimal), 'EDP gain over optimal mappings');
  const accuracy = best?.network?.accuracy;
  if (accuracy !== undefined) card(accuracyFigure(accuracy.reportedTop1Percent), accuracyName(accuracy));
  const [only] = networks;
  if (networks.length === 1 && only?.result) {
    const title = resultTitle(model, only.network);
    card(energyFigure(only.result.energyPj), `energy of ${title}`);
    card(timeFigure(model, only.result.cycles), `latency of ${title}`);
  }
  if (specification !== null) {
    card(numberFigure(macUnits(specification)), 'processing elements');
    card(bytesFigure(onChipBytes(specification)), 'on-chip memory');
  }
  const { areaMm2 } = model;
  if (areaMm2 !== null) card(figure(areaMm2, `${numberText(areaMm2, 3)} mm\u00b2`), 'area');
  const { proven, count } = provenLayers(model.layers);
  if (best === null && count > 0)
    card(figure(proven, `${proven} of ${count}`), `${model.schedules.length > 0 ? 'steps' : 'layers'} proven optimal`);
  if (model.elapsedSeconds !== null && list.length < 7)
    card(figure(model.elapsedSeconds, durationText(model.elapsedSeconds)), 'time of the run');
  return list;
}

function accuracyName(accuracy: AccuracyEstimate): string {
  const error = accuracy.errorPoints === null ? ', error unknown' : ` \u00b1 ${accuracy.errorPoints.toFixed(2)}`;
  const { saturated, inDomain } = accuracy;
  return `top-1 accuracy${error}${saturated || !inDomain ? ', to be read with care' : ''}`;
}

function comparisonTable(model: ReportModel): Markup {
  const { networks, published, optimal, best, started } = model;
  const nameOf = (event: BaselineEvent) => `${event.accelerator}, ${event.dataflow ?? 'optimal mappings'}`;
  const compared = {
    result: [best === null ? (started.accelerator ?? 'This run') : designTitle(best.trial), model.areaMm2],
    optimal: optimal === null ? ['', null] : [nameOf(optimal), optimal.areaMm2],
    published: published === null ? ['', null] : [nameOf(published), published.areaMm2],
  } satisfies Record<string, readonly [string, number | null]>;
  const hasArea = Object.values(compared).some(([, area]) => area !== null);
  const columns = [
    { name: 'Network', isText: true },
    { name: 'Accelerator and mappings', isName: true },
    { name: 'Energy' },
    { name: 'Cycles' },
    ...(model.specification === null ? [] : [{ name: 'Time' }]),
    { name: 'EDP (pJ\u00b7cycles)' },
    ...(published === null ? [] : [{ name: 'vs. published' }]),
    ...(optimal === null ? [] : [{ name: 'vs. optimal' }]),
    ...(hasArea ? [{ name: 'mm\u00b2' }] : []),
  ];
  const rows = networks.flatMap((comparison) =>
    (['result', 'optimal', 'published'] as const).flatMap((which): Row[] => {
      const figures = comparison[which];
      if (figures === null) return [];
      const [name, area] = compared[which];
      const cells = [
        which === 'result' ? resultTitle(model, figures.network) : figures.network,
        name,
        energyFigure(figures.energyPj),
        numberFigure(figures.cycles),
        ...(model.specification === null ? [] : [timeFigure(model, figures.cycles)]),
        numberFigure(figures.edpPjCycles),
        ...(published === null ? [] : [gain(comparison.published, figures)]),
        ...(optimal === null ? [] : [gain(comparison.optimal, figures)]),
        ...(hasArea ? [area === null ? '' : numberFigure(area)] : []),
      ];
      return [{ kind: which === 'result' ? 'own group' : undefined, cells }];
    }),
  );
  return table('Energy, latency and EDP against both baselines', columns, rows);
}

function gain(baseline: NetworkFigures | null, figures: NetworkFigures): Markup | string {
  if (baseline === null) return '';
  return factorFigure(baseline.edpPjCycles / figures.edpPjCycles);
}

/** Time at the accelerator's clock, or cycles where the clock is not known. */
function timeFigure({ specification }: Pick<ReportModel, 'specification'>, cycles: number): Markup {
  return specification === null ? siFigure(cycles, 'cycles') : siFigure(cycles / specification.clockHz, 's');
}

/** Which layers the figures leave out; null where they are of all. */
function othersNote({ started }: ReportModel): Markup | null {
  const [others] = started.networks.flatMap(({ others: names }) => (names === undefined ? [] : [names]));
  return others === undefined ? null : html`<p class="note">Layers not counted: ${othersText(others)}.</p>`;
}

function clockNote({ specification, networks, published, optimal }: ReportModel): Markup | null {
  if (specification === null) return null;
  const gains =
    published === null && optimal === null
      ? ''
      : ' Gains are EDP of the baseline over EDP of the row: above 1 is better.';
  const mean = gains !== '' && networks.length > 1 ? ' Gains over several networks are geometric means.' : '';
  return html`<p class="note">Times at ${siText(specification.clockHz, 'Hz')}.${gains}${mean}</p>`;
}

function notes({ notes: list }: ReportModel): Markup | null {
  if (list.length === 0) return null;
  return html`<h3>Notes of the run</h3><ul class="plain">${list.map(({ level, text }) => html`<li${level === 'warning' ? html` class="warn"` : null}>${level === 'warning' ? 'Warning: ' : ''}${text}</li>`)}</ul>`;
}
