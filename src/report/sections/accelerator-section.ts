import { TENSORS } from '../../util/vocabulary.ts';
import { designTitle } from '../design-text.ts';
import { drawAccelerator, wiringList } from '../drawing/drawing.ts';
import { macUnits, onChipBytes, placedLevels } from '../drawing/hierarchy.ts';
import { bytesText, figure, numberText, percentText, siText } from '../figures.ts';
import type { ReportModel } from '../model.ts';
import { html, type Markup } from '../page/html.ts';
import { table } from '../table.ts';

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
${budgetTable(model)}
</div></div></section>`;
}

function levelTable({ specification }: ReportModel): Markup {
  const keepsAll = specification!.levels.every(({ mayKeep }) => mayKeep.length === TENSORS.length);
  const rows = placedLevels(specification!).map(({ level, instances, bytes, bytesPerCycle }) => ({
    cells: [
      level.name,
      figure(instances, numberText(instances)),
      bytes === null ? 'unlimited' : figure(bytes, bytesText(bytes)),
      Number.isFinite(bytesPerCycle) ? figure(bytesPerCycle, numberText(bytesPerCycle, 3)) : 'unlimited',
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

function budgetTable({ specification, started, best }: ReportModel): Markup | null {
  const { budget } = started;
  if (budget === undefined || specification === null) return null;
  const dram = placedLevels(specification)[0];
  const dramRate = (dram?.bytesPerCycle ?? Number.POSITIVE_INFINITY) * specification.clockHz;
  const outermost = placedLevels(specification).find(({ level }) => level.role !== 'dram');
  const rows: { cells: (Markup | string)[] }[] = [];
  const row = (name: string, used: number | null, limit: number | undefined, text: (value: number) => string) => {
    if (limit === undefined) return;
    const isKnown = used !== null && Number.isFinite(used);
    rows.push({
      cells: [
        name,
        isKnown ? figure(used, text(used)) : 'not stated',
        figure(limit, text(limit)),
        isKnown ? figure(used / limit, percentText(used / limit)) : '',
      ],
    });
  };
  row('Processing elements', macUnits(specification), budget.processingElements, (value) => numberText(value));
  row('On-chip memory', onChipBytes(specification), budget.onChipBits / 8, bytesText);
  row('DRAM bandwidth', dramRate, budget.dramBytesPerSecond, (value) => siText(value, 'B/s'));
  row(
    'Buffer bandwidth',
    outermost === undefined ? null : outermost.bytesPerCycle * outermost.instances,
    budget.bufferBytesPerCycle,
    (value) => `${numberText(value)} B/cycle`,
  );
  row('Area', best?.areaMm2 ?? null, budget.areaMm2, (value) => `${numberText(value)} mm\u00b2`);
  row('Power', null, budget.powerMw, (value) => `${numberText(value)} mW`);
  return html`<h3>Budget ${budget.name}</h3>${table(
    'Use of the budget',
    [{ name: 'Resource', isText: true }, { name: 'Used' }, { name: 'Limit' }, { name: 'Share' }],
    rows,
  )}`;
}
