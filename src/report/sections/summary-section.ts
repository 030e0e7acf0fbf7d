import { macUnits, onChipBytes } from '../../accelerator/placed-levels.ts';
import type { AccuracyEstimate } from '../../search/found-network.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { designTitle } from '../design-labels.ts';
import { bytesText, durationText, factorText, figure, numberText, siText } from '../number-text.ts';
import { html, type Markup } from '../page/html.ts';
import { type Row, table } from '../page/html-table.ts';
import { BASELINE_NAMES, type ReportModel } from '../report-model.ts';

/** What came out, in a sentence, in figures and against both baselines. */
export function summarySection(model: ReportModel): Markup {
  const { networks } = model;
  return html`<section id="summary"><h2>Summary</h2>
${verdict(model)}
<ul class="cards">${cards(model)}</ul>
${networks.some(({ result }) => result !== null) ? comparisonTable(model) : null}
${clockNote(model)}
${notes(model)}
</section>`;
}

/** Name of the row of the run's own result. */
export function resultName({ started, best }: ReportModel): string {
  return best !== null ? designTitle(best.trial) : (started.accelerator ?? 'This run');
}

/** Energy in joules. */
export function energyFigure(energyPj: number): Markup {
  return figure(energyPj, siText(energyPj * 1e-12, 'J'));
}

/** Energy-delay product in pJ * cycles. */
export function edpFigure(edpPjCycles: number): Markup {
  return figure(edpPjCycles, numberText(edpPjCycles));
}

function verdict(model: ReportModel): Markup {
  const { improvement, reason, started } = model;
  const ended =
    reason === null
      ? 'The run has not ended; these are its figures so far.'
      : reason === 'interrupted'
        ? 'The run was interrupted; these are its figures until then.'
        : null;
  const hasResult = model.networks.some(({ result }) => result !== null);
  const baseline = baselineWords(model);
  const lead: Markup[] = [];
  if (!hasResult) lead.push(html`No feasible result was met.`);
  if (improvement.published !== null)
    lead.push(html`<strong>${change(improvement.published)}</strong> against ${baseline} with its published dataflow`);
  if (improvement.optimal !== null)
    lead.push(
      html`${lead.length > 0 ? ' and ' : ''}<strong>${change(improvement.optimal)}</strong> against ${improvement.published === null ? baseline : started.space === undefined ? 'the same baseline' : 'the same pair'} with optimal mappings`,
    );
  const proven = model.layers.filter(({ optimal }) => optimal).length;
  const { finalFactors } = model.input.configuration;
  const isBaseline = model.best?.trial === BASELINE_TRIAL;
  const certificate =
    model.layers.length === 0
      ? null
      : html`<p class="note">${proven === model.layers.length ? html`The mappings of all ${proven} layers are proven optimal` : html`The mappings of ${proven} of ${model.layers.length} layers are proven optimal`} for this accelerator (objective: ${started.objective}${finalFactors === 'imperfect' ? '; factors that do not divide included' : ''})${proven < model.layers.length ? ', the others are the best found' : ''}.</p>`;
  return html`${lead.length === 0 ? null : html`<p class="lead">${lead}${improvement.published !== null || improvement.optimal !== null ? '.' : ''}</p>`}
${isBaseline ? html`<p class="note">${reason === null || reason === 'interrupted' ? 'So far no searched' : 'No searched'} design within the budget is better than the baseline with optimal mappings: the design shown is the baseline itself.</p>` : null}
${ended === null ? null : html`<p class="warn">${ended}</p>`}
${certificate}`;
}

/** The baseline in a sentence: with its network where a co-search has found another one in place of it. */
function baselineWords({ started, optimal, published }: ReportModel): string {
  const event = published ?? optimal;
  const network = event?.networks[0]?.network;
  return started.space === undefined || event === null || network === undefined
    ? 'the baseline'
    : `${network} on ${event.accelerator}`;
}

/** EDP ratio in words: `3.21x better EDP`. */
function change(ratio: number): Markup {
  return ratio >= 1
    ? html`${figure(ratio, factorText(ratio))} better EDP`
    : html`${figure(ratio, factorText(1 / ratio))} worse EDP`;
}

function cards(model: ReportModel): readonly Markup[] {
  const { improvement, best, specification, networks } = model;
  const list: Markup[] = [];
  const card = (value: Markup, name: string) =>
    list.push(html`<li><span class="value">${value}</span><span class="name">${name}</span></li>`);
  if (improvement.published !== null)
    card(figure(improvement.published, factorText(improvement.published)), 'EDP gain over the published dataflow');
  if (improvement.optimal !== null)
    card(figure(improvement.optimal, factorText(improvement.optimal)), 'EDP gain over optimal mappings');
  const accuracy = best?.network?.accuracy;
  if (accuracy !== undefined) card(percentage(accuracy.reportedTop1Percent), accuracyName(accuracy));
  const [only] = networks;
  if (networks.length === 1 && only?.result) {
    card(energyFigure(only.result.energyPj), `energy of ${only.network}`);
    card(timeFigure(model, only.result.cycles), `latency of ${only.network}`);
  }
  if (specification !== null) {
    card(figure(macUnits(specification), numberText(macUnits(specification))), 'processing elements');
    card(figure(onChipBytes(specification), bytesText(onChipBytes(specification))), 'on-chip memory');
  }
  if (best !== null) card(figure(best.areaMm2, `${numberText(best.areaMm2, 3)} mm\u00b2`), 'area');
  const proven = model.layers.filter(({ optimal }) => optimal).length;
  if (best === null && model.layers.length > 0)
    card(figure(proven, `${proven} of ${model.layers.length}`), 'layers proven optimal');
  if (model.elapsedSeconds !== null && list.length < 7)
    card(figure(model.elapsedSeconds, durationText(model.elapsedSeconds)), 'search time');
  return list;
}

function percentage(top1Percent: number): Markup {
  return figure(top1Percent, `${top1Percent.toFixed(2)} %`);
}

function accuracyName(accuracy: AccuracyEstimate): string {
  const error = accuracy.errorPoints === null ? ', error unknown' : ` \u00b1 ${accuracy.errorPoints.toFixed(2)}`;
  const { saturated, inDomain } = accuracy;
  return `top-1 accuracy${error}${saturated || !inDomain ? ', to be read with care' : ''}`;
}

function comparisonTable(model: ReportModel): Markup {
  const { networks, published, optimal, best } = model;
  const areas = {
    result: best?.areaMm2 ?? null,
    optimal: optimal?.areaMm2 ?? null,
    published: published?.areaMm2 ?? null,
  };
  const names = {
    result: resultName(model),
    optimal: baselineName(model, 'optimal'),
    published: baselineName(model, 'published'),
  };
  const hasArea = Object.values(areas).some((area) => area !== null);
  const columns = [
    { name: 'Network', isText: true },
    { name: 'Accelerator and mappings', isText: true },
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
      const area = areas[which];
      const cells = [
        figures.network,
        names[which],
        energyFigure(figures.energyPj),
        figure(figures.cycles, numberText(figures.cycles)),
        ...(model.specification === null ? [] : [timeFigure(model, figures.cycles)]),
        edpFigure(figures.edpPjCycles),
        ...(published === null ? [] : [gain(comparison.published, figures)]),
        ...(optimal === null ? [] : [gain(comparison.optimal, figures)]),
        ...(hasArea ? [area === null ? '' : figure(area, numberText(area))] : []),
      ];
      return [{ kind: which === 'result' ? 'own group' : undefined, cells }];
    }),
  );
  return table('Energy, latency and EDP against both baselines', columns, rows);
}

/** The accelerator of a baseline with what maps it. */
export function baselineName(model: ReportModel, which: 'published' | 'optimal'): string {
  const event = model[which];
  if (event === null) return BASELINE_NAMES[which];
  return `${event.accelerator}, ${event.dataflow ?? 'optimal mappings'}`;
}

function gain(baseline: NetworkFigures | null, figures: NetworkFigures): Markup | string {
  if (baseline === null) return '';
  const ratio = baseline.edpPjCycles / figures.edpPjCycles;
  return figure(ratio, factorText(ratio));
}

/** Time at the accelerator's clock, or cycles where the clock is not known. */
export function timeFigure({ specification }: Pick<ReportModel, 'specification'>, cycles: number): Markup {
  return specification === null
    ? figure(cycles, siText(cycles, 'cycles'))
    : figure(cycles / specification.clockHz, siText(cycles / specification.clockHz, 's'));
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
