import type { CorrelationEvent } from '../../search/run-events.ts';
import { wrappedText } from '../../util/text-columns.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { drawChart } from '../drawing/chart.ts';
import { type DesignPoint, TRADE_OFFS } from '../state/design-points.ts';
import { type ParetoPicture, paretoPictures } from '../state/pareto-pictures.ts';
import type { RunView } from '../state/run-view.ts';
import type { UiState } from '../state/ui-state.ts';
import { drawAccuracyFront } from './accuracy-front.ts';
import { drawDesignTable } from './front-tables.ts';
import { drawEmpty, drawWords } from './page-parts.ts';

/** Pareto: one of the trade-offs of the run as a chart, and its front as a table where there is room. */
export function drawParetoPage(canvas: Canvas, view: RunView, ui: UiState): void {
  const pictures = paretoPictures(view);
  const place = ui.tradeOff % Math.max(1, pictures.length);
  const picture = pictures[place];
  if (picture === undefined) {
    drawEmpty(
      canvas,
      view.started?.command === 'map'
        ? ['a mapping run has one accelerator', 'there is no front to show']
        : ['no scored designs yet'],
    );
    return;
  }
  const position = pictures.length > 1 ? `◄ ${place + 1}/${pictures.length} ►` : '';
  drawPicture(canvas, view, picture, position);
}

function drawPicture(canvas: Canvas, view: RunView, picture: ParetoPicture, position: string): void {
  switch (picture.kind) {
    case 'accuracy':
      drawAccuracyFront(canvas, view, position);
      break;
    case 'correlation':
      drawCorrelation(canvas, picture.correlation, position);
      break;
    case 'designs':
      drawDesigns(canvas, view, picture.index, position);
      break;
  }
}

/** All scored designs on two axes, the front among them. */
function drawDesigns(canvas: Canvas, { points, best, status }: RunView, index: number, position: string): void {
  const tradeOff = TRADE_OFFS[index]!;
  const front = points.fronts[index]!;
  const toXY = (point: DesignPoint) => ({ x: tradeOff.x.of(point), y: tradeOff.y.of(point) });
  const bestPoint = [...points.sample, ...front].filter((point) => point.trial === best?.trial).slice(0, 1);
  const tableRows = canvas.height >= 24 ? Math.min(front.length + 2, Math.floor(canvas.height * 0.35)) : 0;
  drawWords(
    canvas,
    0,
    [
      { text: `Pareto: ${tradeOff.name}`, style: 'heading' },
      { text: position, style: 'dim' },
      { text: '● front', style: 'best' },
      { text: '◆ best EDP', style: 'warning' },
      { text: '· designs', style: 'mean' },
      ...(status === 'finished' ? [{ text: 'mapped as in the search', style: 'dim' as const }] : []),
    ],
    2,
  );
  drawChart(canvas.region(0, 1, canvas.width, canvas.height - 1 - tableRows), {
    xLabel: tradeOff.x.label,
    xScale: 'linear',
    yScale: 'log',
    rules: [],
    series: [
      { style: 'mean', mark: 'points', points: points.sample.map(toXY) },
      { style: 'best', mark: 'steps', points: front.map(toXY), symbol: '●' },
      { style: 'warning', mark: 'points', points: bestPoint.map(toXY), symbol: '◆' },
    ],
  });
  if (tableRows > 2)
    drawDesignTable(canvas.region(0, canvas.height - tableRows, canvas.width, tableRows), front, best?.trial);
}

/** So many points are drawn large. */
const MOST_SYMBOLS = 200;

/** Every network as a dot, its two figures on the axes. */
function drawCorrelation(canvas: Canvas, correlation: CorrelationEvent, position: string): void {
  const { title, xLabel, yLabel, points, kendallTau, spearmanRho, notes } = correlation;
  drawWords(
    canvas,
    0,
    [
      { text: title, style: 'heading' },
      { text: position, style: 'dim' },
      { text: `Kendall τ ${kendallTau.toFixed(3)}`, style: 'best' },
      { text: `Spearman ρ ${spearmanRho.toFixed(3)}`, style: 'best' },
    ],
    2,
  );
  canvas.text(0, 1, `up: ${yLabel}`, 'dim');
  const texts = notes.flatMap((note) => wrappedText(note, canvas.width));
  const noteRows = canvas.height >= 20 ? Math.min(texts.length, Math.floor(canvas.height / 4)) : 0;
  const positive = points.every(([x, y]) => x > 0 && y > 0);
  const scaleOf = (axis: 0 | 1) => (positive && spread(points, axis) > 20 ? 'log' : 'linear');
  drawChart(canvas.region(0, 2, canvas.width, canvas.height - 2 - noteRows), {
    xLabel,
    xScale: scaleOf(0),
    yScale: scaleOf(1),
    rules: [],
    series: [
      {
        style: 'accent',
        mark: 'points',
        points: points.map(([x, y]) => ({ x, y })),
        ...(points.length <= MOST_SYMBOLS ? { symbol: '●' } : {}),
      },
    ],
  });
  texts.slice(0, noteRows).forEach((text, i) => void canvas.text(0, canvas.height - noteRows + i, text, 'dim'));
}

/** Largest over smallest figure of an axis. */
function spread(points: CorrelationEvent['points'], axis: 0 | 1): number {
  let [low, high] = [Infinity, -Infinity];
  for (const point of points) {
    low = Math.min(low, point[axis]);
    high = Math.max(high, point[axis]);
  }
  return high / low;
}
