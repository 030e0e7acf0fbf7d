import { statedTerms } from '../../accelerator/overhead-data.ts';
import { arrayLevel, macUnits, totalBytes } from '../../accelerator/placed-levels.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { budgetUse } from '../../search/budget-use.ts';
import { trialText, trialTitle } from '../../search/trials.ts';
import { drawMeter, drawStack } from '../drawing/bars.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { levelStyle } from '../drawing/palette.ts';
import type { RunView } from '../state/run-view.ts';
import { designDifferences } from '../text/design-difference.ts';
import { type LevelView, levelViews, RESOURCE_TEXTS } from '../text/level-views.ts';
import { formatBytes, formatFactor, formatFigure, formatPercent } from '../text/terminal-figures.ts';
import { drawAcceleratorPicture } from './accelerator-picture.ts';
import { drawEmpty, drawHeading, noDesignText } from './page-parts.ts';

/** Accelerator: the PE array of the best design (or of the accelerator that the run maps onto) and memories, its use of the budget and what changed since the previous best. */
export function drawAcceleratorPage(canvas: Canvas, view: RunView): void {
  const { best, started } = view;
  const specification = best?.specification ?? started?.specification;
  if (specification === undefined) {
    const name = started?.accelerator;
    drawEmpty(
      canvas,
      name === undefined ? [noDesignText(view)] : [`this run maps onto ${name}`, `trifold show ${name} prints it`],
    );
    return;
  }
  const panelWidth = Math.min(54, Math.max(29, Math.floor(canvas.width * 0.5)));
  const levels = levelViews(specification);
  const picture = canvas.region(0, 0, canvas.width - panelWidth - 2, canvas.height);
  drawAcceleratorPicture(
    picture,
    levels,
    specification.levels[arrayLevel(specification)]!.fanOut,
    macUnits(specification),
  );
  const panel = canvas.region(canvas.width - panelWidth, 0, panelWidth, canvas.height);
  let y = drawBudget(panel, view, specification);
  const spacious = canvas.height >= 20;
  if (spacious) y++;
  y = drawMemories(panel.region(0, y, panel.width, panel.height - y), levels, view) + y + (spacious ? 1 : 0);
  y += drawDifference(panel.region(0, y, panel.width, panel.height - y), view);
  if (spacious && y > 0) y++;
  drawOverheads(panel.region(0, y, panel.width, panel.height - y), specification);
}

/** What the accelerator states beside counts, in the words of its file, as far as there is room. */
function drawOverheads(canvas: Canvas, specification: AcceleratorSpecification): void {
  const terms = statedTerms(specification);
  if (terms.length === 0 || canvas.height < 2) return;
  let y = drawHeading(canvas, 0, 'Overheads');
  let place: string | null | undefined;
  for (const { level, key, value } of terms) {
    const name = level ?? specification.name;
    if (name !== place) canvas.text(0, y, name, 'dim', 12);
    place = name;
    canvas.text(13, y, `${key} ${value.replace(/^\{ (.*) \}$/, '$1')}`, 'text', canvas.width - 13);
    y++;
  }
}

function drawBudget(canvas: Canvas, { best, started }: RunView, specification: AcceleratorSpecification): number {
  const budget = started?.budget;
  const title = best === null ? `Resources of ${specification.name}` : 'Resources';
  let y = drawHeading(canvas, 0, budget === undefined ? title : `Budget ${budget.name}`);
  for (const { resource, used, limit } of budgetUse(specification, best?.areaMm2 || null, budget)) {
    if (used === null || !Number.isFinite(used)) continue;
    const { name, text } = RESOURCE_TEXTS[resource];
    const share = limit === null ? null : used / limit;
    const style = share === null ? 'text' : share > 1.000001 ? 'bad' : share > 0.9 ? 'warning' : 'good';
    const label = canvas.width < 40 ? shortName(name) : name;
    const labelWidth = canvas.width < 40 ? 7 : 15;
    canvas.text(0, y, label, 'dim', labelWidth);
    if (limit === null || share === null) canvas.text(labelWidth, y, text(used));
    else if (canvas.width < 40) {
      drawMeter(canvas, labelWidth, y, 7, share, style);
      canvas.text(labelWidth + 8, y, text(used));
    } else {
      drawMeter(canvas, labelWidth, y, 8, share, style);
      const end = canvas.text(labelWidth + 8, y, formatPercent(share).padStart(6), style);
      canvas.text(end + 2, y, withOneUnit(text(used), 'of', text(limit)));
    }
    y++;
  }
  return drawVectorUnit(canvas, y, specification);
}

/** Operations per cycle of the unit for operators that are no layers, where there is one. @returns the next line */
function drawVectorUnit(canvas: Canvas, y: number, { vectorUnit }: AcceleratorSpecification): number {
  if (vectorUnit === undefined) return y;
  const { simplePerCycle, specialPerCycle } = vectorUnit;
  // Its rates are longer than other values.
  const isNarrow = canvas.width < 50;
  canvas.text(0, y, isNarrow ? 'vector' : 'vector unit', 'dim');
  const rates = `${formatFigure(simplePerCycle)} simple, ${formatFigure(specialPerCycle)} special/cycle`;
  canvas.text(isNarrow ? 7 : 15, y, rates);
  return y + 1;
}

/** `154 of 192 KiB`, `154 → 192 KiB`: the unit once where both have the same. */
function withOneUnit(first: string, between: string, second: string): string {
  const [value, unit, ...more] = first.split(' ');
  const isSame = unit !== undefined && more.length === 0 && second.endsWith(` ${unit}`);
  return `${isSame ? value : first} ${between} ${second}`;
}

function shortName(name: string): string {
  return name.replace('on-chip memory', 'memory').replace(' bandwidth', '');
}

/** On-chip memories as one bar to scale, the part of the budget that is not used included. */
function drawMemories(canvas: Canvas, levels: readonly LevelView[], { started }: RunView): number {
  const memories = levels.flatMap((level, i) =>
    level.level.role === 'dram' || level.bytes === null
      ? []
      : [{ level, bytes: totalBytes(level), style: levelStyle(i) }],
  );
  const total = memories.reduce((sum, memory) => sum + memory.bytes, 0);
  const limit = Math.max(total, (started?.budget?.onChipBits ?? 0) / 8);
  if (total === 0 || canvas.height < 3) return 0;
  let y = drawHeading(canvas, 0, 'On-chip memory, to scale');
  drawStack(
    canvas,
    0,
    y,
    canvas.width,
    memories.map(({ bytes, style }) => ({ value: bytes, style })),
    limit,
  );
  if (canvas.height >= 8)
    drawStack(
      canvas,
      0,
      ++y,
      canvas.width,
      memories.map(({ bytes, style }) => ({ value: bytes, style })),
      limit,
    );
  y++;
  for (const { level, bytes, style } of memories) {
    const end = canvas.text(canvas.text(0, y, '■ ', style), y, `${level.label} ${formatBytes(bytes)}`);
    if (level.instances > 1) canvas.text(end + 1, y, `(${level.instances} × ${formatBytes(level.bytes ?? 0)})`, 'dim');
    y++;
  }
  return y;
}

/** Columns below which the heading of the difference is short. */
const NARROW_DIFFERENCE = 48;

/** @returns lines drawn */
function drawDifference(canvas: Canvas, { best, previousBest, status }: RunView): number {
  if (best === null || previousBest === null || canvas.height < 2) return 0;
  const before = trialText(previousBest.trial);
  // Final mappings have other figures.
  const isEnd = status === 'finished';
  const against =
    canvas.width < NARROW_DIFFERENCE ? before : isEnd ? `${before} in the search` : `the best before, ${before}`;
  let y = drawHeading(canvas, 0, `${trialTitle(best.trial)} against ${against}`);
  for (const { name, before: from, after, ratio } of designDifferences(previousBest, best)) {
    canvas.text(0, y, name, 'dim', 12);
    const isMerit = name === 'EDP' || name === 'energy' || name === 'cycles' || name === 'area';
    const style = ratio === null || !isMerit ? 'text' : ratio < 1 ? 'good' : 'bad';
    const end = canvas.text(13, y, withOneUnit(from, '→', after), 'text') + 2;
    const factor = ratio === null ? '' : formatFactor(ratio);
    if (end + factor.length <= canvas.width) canvas.text(end, y, factor, style);
    y++;
  }
  return y;
}
