import { accuracyText } from '../../search/accuracy-text.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import { geometricMean } from '../../util/geometric-mean.ts';
import { energyText, siText } from '../../util/quantity-text.ts';
import { factorText, numberText } from '../number-text.ts';
import { figure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { type Row, table } from '../page/html-table.ts';
import type { ReportModel } from '../report-model.ts';
import { limitsList } from '../sections/limits-list.ts';
import { pairCells } from './pair-cells.ts';
import { networksText } from './run-names.ts';

/** Which run is better, and the figures of both by network. */
export function resultsSection(a: ReportModel, b: ReportModel): Markup {
  const names = [...new Set([...a.networks, ...b.networks].map(({ network }) => network))];
  const both = names.flatMap((network) => {
    const of = (model: ReportModel) => model.networks.find((row) => row.network === network)?.result ?? null;
    const [inA, inB] = [of(a), of(b)];
    return inA === null && inB === null ? [] : [{ network, inA, inB }];
  });
  const common = both.flatMap(({ network, inA, inB }) =>
    inA === null || inB === null ? [] : [{ network, ratio: inA.edpPjCycles / inB.edpPjCycles }],
  );
  const mean = common.length === 0 ? null : geometricMean(common.map(({ ratio }) => ratio));
  const [clockA, clockB] = [a.specification?.clockHz, b.specification?.clockHz];
  const rows = both.flatMap(({ network, inA, inB }) => {
    const row = (name: string, of: (figures: NetworkFigures) => number, text: (value: number) => string): Row => ({
      cells: [network, name, ...pairCells([inA && of(inA), inB && of(inB)], text, 'not run')],
    });
    const edp = row('EDP (pJ\u00b7cycles)', ({ edpPjCycles }) => edpPjCycles, numberText);
    const energy = row('Energy', ({ energyPj }) => energyPj, energyText);
    const cycles = row('Cycles', (figures) => figures.cycles, numberText);
    if (clockA === undefined || clockB === undefined) return [{ ...edp, kind: 'group' as const }, energy, cycles];
    const seconds = [inA && inA.cycles / clockA, inB && inB.cycles / clockB] as const;
    const time = [network, 'Time', ...pairCells(seconds, (value) => siText(value, 's'), 'not run')];
    return [{ ...edp, kind: 'group' as const }, energy, cycles, { cells: time }];
  });
  const list = common.map(({ network }) => network).join(', ');
  const verdict =
    mean === null
      ? html`The runs have no network in common: A has ${networksText(a)}, B has ${networksText(b)}.`
      : mean === 1
        ? html`Both runs reach the same EDP on ${list}.`
        : html`<strong>${mean > 1 ? 'B' : 'A'} has ${figure(mean, factorText(Math.max(mean, 1 / mean)))} better EDP</strong>${common.length > 1 ? ` (geometric mean over ${common.length} networks)` : ''} on ${list}.`;
  return html`<section id="summary"><h2>Summary</h2><p class="lead">${verdict}</p>${mean === null ? null : foundNetworks(a, b)}
${table('Results of both runs', [{ name: 'Network', isText: true }, { name: 'Figure', isText: true }, { name: 'A' }, { name: 'B' }, { name: 'A / B' }], rows)}
<p class="note">A / B above 1: B is better. Times are at each accelerator's own clock.</p>
${limits(a, b)}</section>`;
}

/** What the figures leave out: of both runs, and of either alone, where they can be compared only with care. */
function limits(a: ReportModel, b: ReportModel): readonly (Markup | null)[] {
  const but = (these: ReportModel, others: ReportModel) =>
    these.notModelled.filter((sentence) => !others.notModelled.includes(sentence));
  return [
    limitsList('Not in the figures of A alone', but(a, b)),
    limitsList('Not in the figures of B alone', but(b, a)),
    limitsList(
      'Not in the figures of either',
      a.notModelled.filter((sentence) => b.notModelled.includes(sentence)),
    ),
  ];
}

/** That the runs have different networks of one name, where a co-search found one; null where they have not. */
function foundNetworks(a: ReportModel, b: ReportModel): Markup | null {
  const [inA, inB] = [a.best?.network, b.best?.network];
  if ((inA === undefined && inB === undefined) || (inA?.space === inB?.space && inA?.key === inB?.key)) return null;
  const one = (network: typeof inA, model: ReportModel) =>
    network === undefined
      ? `${networksText(model)} as given`
      : `one of ${network.space} with ${accuracyText(network.accuracy)} and ${siText(network.macs, 'MACs')}`;
  return html`<p>The networks are not the same: A has ${one(inA, a)}, B has ${one(inB, b)}.</p>`;
}
