import { FRONT_OBJECTIVE } from '../../search/found-network.ts';
import { provenLayers } from '../../search/run-figures.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { factorText } from '../number-text.ts';
import { factorFigure, figure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { type ReportModel, resultTitle } from '../report-model.ts';

/** The result in a sentence, whether the run has ended, and how many mappings are proven. */
export function verdict(model: ReportModel): Markup {
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
  const { proven, count } = provenLayers(model.layers);
  const isPart = model.networks.some(({ network }) => resultTitle(model, network) !== network);
  const isScheduled = model.schedules.length > 0;
  const which = isScheduled ? 'kinds of steps' : isPart ? 'mapped layers' : 'layers';
  const { finalFactors } = model.input.configuration;
  const isBaseline = model.best?.trial === BASELINE_TRIAL;
  const certificate =
    count === 0
      ? null
      : html`<p class="note">${isScheduled ? 'What stays on chip and the' : 'The'} mappings of ${proven === count ? html`all ${proven}` : html`${proven} of ${count}`} ${which} are proven optimal${isScheduled ? ' together' : ''} for this accelerator (objective: ${started.objective === FRONT_OBJECTIVE ? 'edp' : started.objective}${finalFactors === 'imperfect' ? '; factors that do not divide included' : ''})${proven < count ? ', the others are the best found' : ''}.</p>`;
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
  return ratio >= 1 ? html`${factorFigure(ratio)} better EDP` : html`${figure(ratio, factorText(1 / ratio))} worse EDP`;
}
