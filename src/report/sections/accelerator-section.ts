import { statedTerms } from '../../accelerator/overhead-data.ts';
import { placedLevels } from '../../accelerator/placed-levels.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { budgetUse, type Resource } from '../../search/budget-use.ts';
import { siText } from '../../util/quantity-text.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import { designTitle } from '../design-labels.ts';
import { drawAccelerator } from '../drawing/accelerator-drawing.ts';
import { wiringList } from '../drawing/wiring-list.ts';
import { bytesText, numberText } from '../number-text.ts';
import { bytesFigure, figure, numberFigure, percentFigure } from '../page/figure.ts';
import { html, type Markup } from '../page/html.ts';
import { type Row, table } from '../page/html-table.ts';
import type { ReportModel } from '../report-model.ts';

/** The accelerator as a drawing with its figures and what it uses of the budget; null where it is not known. */
export function acceleratorSection(model: ReportModel): Markup | null {
  const { specification, best } = model;
  if (specification === null) return null;
  const name = best === null ? specification.name : designTitle(best.trial);
  return html`<section id="accelerator"><h2>Accelerator</h2>
<p class="facts">${name}, ${siText(specification.clockHz, 'Hz')}, technology ${specification.technology}.</p>
<div class="beside"><div>${drawAccelerator(specification)}</div><div>
<h3>Storage levels</h3>
${levelTable(model)}
<h3>What runs in parallel</h3>
<ul class="plain">${wiringList(specification)}</ul>
${vectorUnit(specification)}
${overheads(specification)}
${budgetTable(model)}
</div></div></section>`;
}

/** The unit for operators that are no layers; null where there is none. */
function vectorUnit({ vectorUnit }: AcceleratorSpecification): Markup | null {
  if (vectorUnit === undefined) return null;
  const { level, simplePerCycle, specialPerCycle, simplePj, specialPj } = vectorUnit;
  const rate = (perCycle: number, kind: string, pj: number) =>
    html`${numberFigure(perCycle)} ${kind} operations per cycle at ${figure(pj, `${numberText(pj)} pJ`)} each`;
  return html`<h3>Vector unit</h3>
<p>Reads and writes ${level}: ${rate(simplePerCycle, 'simple', simplePj)}, ${rate(specialPerCycle, 'special', specialPj)}.</p>`;
}

/** What the accelerator states beside counts, in the words of its file; null where it states nothing. */
function overheads(specification: AcceleratorSpecification): Markup | null {
  const terms = statedTerms(specification);
  if (terms.length === 0) return null;
  const places = [...new Set(terms.map(({ level }) => level))];
  return html`<h3>Overheads</h3>
<ul class="plain">${places.map(
    (place) =>
      html`<li><strong>${place ?? specification.name}</strong>: ${terms
        .filter(({ level }) => level === place)
        .map(({ key, value }, i) => html`${i === 0 ? '' : ', '}<code>${key}: ${value}</code>`)}</li>`,
  )}</ul>`;
}

function levelTable({ specification }: ReportModel): Markup {
  const keepsAll = specification!.levels.every(({ mayKeep }) => mayKeep.length === TENSORS.length);
  const rows = placedLevels(specification!).map(({ level, instances, bytes, bytesPerCycle }) => ({
    cells: [
      level.name,
      numberFigure(instances),
      bytes === null ? 'unlimited' : bytesFigure(bytes),
      Number.isFinite(bytesPerCycle) ? numberFigure(bytesPerCycle, 3) : 'unlimited',
      ...(keepsAll ? [] : [level.mayKeep.join(', ')]),
    ],
  }));
  return table(
    'Storage levels, outermost first',
    [
      { name: 'Level', isText: true },
      { name: 'Instances' },
      { name: 'Capacity each' },
      { name: 'B/cycle each' },
      ...(keepsAll ? [] : [{ name: 'Keeps', isText: true }]),
    ],
    rows,
  );
}

const RESOURCES: Readonly<Record<Resource, readonly [name: string, text: (value: number) => string]>> = {
  'processing-elements': ['Processing elements', (value) => numberText(value)],
  'on-chip-memory': ['On-chip memory', bytesText],
  dram: ['DRAM bandwidth', (value) => siText(value, 'B/s')],
  buffer: ['Buffer bandwidth', (value) => `${numberText(value)} B/cycle`],
  area: ['Area', (value) => `${numberText(value)} mm\u00b2`],
  power: ['Power', (value) => `${numberText(value)} mW`],
};

function budgetTable({ specification, started, best }: ReportModel): Markup | null {
  const { budget } = started;
  if (budget === undefined || specification === null) return null;
  const rows = budgetUse(specification, best?.areaMm2 ?? null, budget).flatMap(({ resource, used, limit }): Row[] => {
    if (limit === null) return [];
    const [name, text] = RESOURCES[resource];
    const isKnown = used !== null && Number.isFinite(used);
    const amount = isKnown ? figure(used, text(used)) : 'not stated';
    const share = isKnown ? percentFigure(used / limit) : '';
    return [{ cells: [name, amount, figure(limit, text(limit)), share] }];
  });
  return html`<h3>Budget ${budget.name}</h3>${table(
    'Use of the budget',
    [{ name: 'Resource', isText: true }, { name: 'Used' }, { name: 'Limit' }, { name: 'Share' }],
    rows,
  )}`;
}
