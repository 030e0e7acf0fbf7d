import { macUnits, onChipBytes } from '../../accelerator/placed-levels.ts';
import { designText } from '../design-labels.ts';
import { drawAccelerator, drawingScale } from '../drawing/accelerator-drawing.ts';
import { bytesText, factorText, numberText } from '../number-text.ts';
import { html, type Markup } from '../page/html.ts';
import { type Row, table } from '../page/html-table.ts';
import type { ReportModel } from '../report-model.ts';
import { pairCells } from './pair-cells.ts';

/** Both accelerators as drawings of one scale and in figures; null where neither is known. */
export function acceleratorsSection(a: ReportModel, b: ReportModel): Markup | null {
  if (a.specification === null && b.specification === null) return null;
  const scale = Math.max(
    ...[a, b].map(({ specification }) => (specification === null ? 0 : drawingScale(specification))),
  );
  const one = (model: ReportModel, name: string) =>
    html`<div><h3>${name}: ${model.best === null ? (model.specification?.name ?? 'not stated') : designText(model.best.design)}</h3>${
      model.specification === null
        ? html`<p>The run does not state its accelerator.</p>`
        : drawAccelerator(model.specification, scale)
    }</div>`;
  // Means over other networks say nothing of the accelerators.
  const isSame = networksOf(a) === networksOf(b);
  const row = (name: string, of: (model: ReportModel) => number | null, text: (value: number) => string): Row[] => {
    const pair = [of(a), of(b)] as const;
    return pair.every((value) => value === null) ? [] : [{ cells: [name, ...pairCells(pair, text, 'not stated')] }];
  };
  const gain = (name: string, which: 'published' | 'optimal') =>
    row(name, ({ improvement }) => improvement[which], factorText).map(({ cells }) => ({
      cells: isSame ? cells : [...cells.slice(0, -1), ''],
    }));
  const rows = [
    ...row('Processing elements', ({ specification }) => specification && macUnits(specification), numberText),
    ...row('On-chip memory', ({ specification }) => specification && onChipBytes(specification), bytesText),
    ...row(
      'Area',
      ({ areaMm2 }) => areaMm2,
      (value) => `${numberText(value)} mm\u00b2`,
    ),
    ...gain('EDP gain over the published dataflow', 'published'),
    ...gain('EDP gain over optimal mappings', 'optimal'),
  ];
  return html`<section id="accelerator"><h2>Accelerators</h2><div class="pair">${one(a, 'A')}${one(b, 'B')}</div>
<p class="note">Both drawings have one scale.</p>
${table('Both accelerators', [{ name: 'Figure', isText: true }, { name: 'A' }, { name: 'B' }, { name: 'A / B' }], rows)}</section>`;
}

function networksOf({ started }: ReportModel): string {
  return JSON.stringify(started.space?.name ?? started.networks.map(({ name }) => name).sort());
}
