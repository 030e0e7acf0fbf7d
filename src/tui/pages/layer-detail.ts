import type { LayerSummary } from '../../search/run-events.ts';
import { isShownGain } from '../../util/quantity-text.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import { drawMeter } from '../drawing/bars.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { type Style, splitStyle } from '../drawing/palette.ts';
import { tensorStyle } from '../drawing/wire-texts.ts';
import { formatEnergy, formatFactor, formatFigure, formatPercent, formatSi } from '../text/terminal-figures.ts';
import { drawHeading, drawWords } from './page-parts.ts';

/** One layer: its loop nest and where its energy goes. @param scroll first line of the loop nest */
export function drawLayerDetail(canvas: Canvas, layer: LayerSummary, scroll: number): void {
  canvas.text(0, 0, `${layer.network} / ${layer.name}`, 'heading');
  drawWords(
    canvas,
    1,
    [
      { text: formatEnergy(layer.energyPj), style: 'text' },
      { text: `${formatSi(layer.cycles)} cycles`, style: 'text' },
      { text: `EDP ${formatFigure(layer.energyPj * layer.cycles)}`, style: 'text' },
      ...(layer.isVector === true ? [] : mappingFacts(layer)),
    ],
    2,
  );
  const nest = layer.loopNest.split('\n');
  if (canvas.width >= 72 || canvas.height < 26) {
    const side = canvas.width >= 72 ? 30 : 0;
    drawNest(canvas.region(0, 3, canvas.width - side - 2, canvas.height - 3), nest, scroll);
    if (side > 0) drawSplits(canvas.region(canvas.width - side, 3, side, canvas.height - 3), layer);
    return;
  }
  drawNest(canvas.region(0, 3, canvas.width, Math.min(nest.length + 1, canvas.height - 14)), nest, scroll);
  const top = Math.min(nest.length + 5, canvas.height - 10);
  drawSplits(canvas.region(0, top, Math.min(40, canvas.width), canvas.height - top), layer);
}

function mappingFacts(layer: LayerSummary): { readonly text: string; readonly style: Style }[] {
  return [
    { text: `utilization ${formatPercent(layer.utilization)}`, style: 'text' },
    { text: bottleneckText(layer), style: layer.bottleneck === 'compute' ? 'dim' : 'warning' },
    { text: layer.optimal ? 'proven optimal' : 'best found', style: layer.optimal ? 'good' : 'dim' },
  ];
}

/** Lines of the loop nest that fit from `scroll` on; marks where there are more. */
export function drawNest(canvas: Canvas, nest: readonly string[], scroll: number): void {
  const first = Math.max(0, Math.min(scroll, nest.length - canvas.height));
  nest.slice(first, first + canvas.height).forEach((line, y) => {
    const indent = line.length - line.trimStart().length;
    canvas.text(0, y, line, lineStyle(line.trimStart()));
    const keyword = /^(parallel for|for) (\w+)/.exec(line.trimStart());
    if (keyword !== null && indent + keyword[0].length < canvas.width) {
      canvas.text(indent, y, keyword[1]!, keyword[1] === 'for' ? 'dim' : 'accent');
      canvas.text(indent + keyword[0].length - keyword[2]!.length, y, keyword[2]!, 'strong');
    }
  });
  if (first > 0) canvas.put(canvas.width - 1, 0, '▲', 'dim');
  if (first + canvas.height < nest.length) canvas.put(canvas.width - 1, canvas.height - 1, '▼', 'dim');
}

function lineStyle(line: string): Style {
  if (line.includes(' [')) return 'heading';
  return line.startsWith('parallel for') ? 'accent' : line.startsWith('(') ? 'dim' : 'text';
}

function bottleneckText({ bottleneck, bottleneckGain }: LayerSummary): string {
  const gain = isShownGain(bottleneckGain) ? `, ${formatFactor(bottleneckGain)} without it` : '';
  return bottleneck === 'compute' ? 'compute bound' : `bound by ${bottleneck}${gain}`;
}

function drawSplits(canvas: Canvas, layer: LayerSummary): void {
  const levels = layer.energyByLevelPj.map((part, i) => ({ ...part, style: splitStyle(i) }));
  const tensors = TENSORS.map((name) => ({
    name,
    energyPj: layer.energyByTensorPj[name],
    style: tensorStyle(name),
  }));
  const top = drawCycleTerms(canvas, layer);
  let y = drawSplitBars(canvas, top, 'Energy by level', levels);
  y = drawSplitBars(canvas, y + 1, 'Energy by tensor', tensors);
  if (layer.isVector !== true)
    canvas.text(0, y + 1, `${formatFigure(layer.macsPerDramByte)} MACs per DRAM byte`, 'dim');
}

/** Most terms of cycles that are shown. */
const SHOWN_TERMS = 4;

/** The slowest terms of the cycles with their shares, where there is more than compute and levels. @returns the next line */
function drawCycleTerms(canvas: Canvas, { cycles, cyclesByTerm = [], energyByLevelPj }: LayerSummary): number {
  const plain = new Set(['compute', ...energyByLevelPj.map(({ name }) => name)]);
  if (cyclesByTerm.every(({ name }) => plain.has(name))) return 0;
  let y = drawHeading(canvas, 0, 'Cycles: the most of');
  const slowest = [...cyclesByTerm].sort((a, b) => b.cycles - a.cycles).slice(0, SHOWN_TERMS);
  for (const term of slowest) {
    const style = term.cycles === cycles ? 'warning' : 'text';
    canvas.text(0, y, term.name, style, canvas.width - 6);
    canvas.textRight(canvas.width, y, formatPercent(term.cycles / cycles), style);
    y++;
  }
  return y + 1;
}

function drawSplitBars(
  canvas: Canvas,
  top: number,
  title: string,
  parts: readonly { name: string; energyPj: number; style: Style }[],
): number {
  const total = parts.reduce((sum, part) => sum + part.energyPj, 0);
  let y = drawHeading(canvas, top, title);
  for (const { name, energyPj, style } of parts) {
    const share = total > 0 ? energyPj / total : 0;
    canvas.text(0, y, name, 'text', 13);
    drawMeter(canvas, 14, y, Math.max(0, canvas.width - 20), share, style);
    canvas.textRight(canvas.width, y, formatPercent(share), style);
    y++;
  }
  return y;
}
