import type { Canvas } from '../canvas.ts';
import { drawChart } from '../chart.ts';
import { type DesignPoint, TRADE_OFFS } from '../design-points.ts';
import { formatBytes, formatEnergy, formatFigure, formatSi } from '../figures.ts';
import type { RunView } from '../run-view.ts';
import type { UiState } from '../ui-state.ts';
import { dataflowText } from '../wiring.ts';
import { drawEmpty, drawWords } from './page-parts.ts';

/** Pareto: all scored designs on two axes, the front among them, and the front as a table where there is room. */
export function drawParetoPage(canvas: Canvas, view: RunView, ui: UiState): void {
  const { points, best } = view;
  if (points.seen === 0) {
    drawEmpty(
      canvas,
      view.started?.command === 'map'
        ? ['a mapping run has one accelerator', 'there is no front to show']
        : ['no scored designs yet'],
    );
    return;
  }
  const place = ui.tradeOff % TRADE_OFFS.length;
  const tradeOff = TRADE_OFFS[place]!;
  const front = points.fronts[place]!;
  const toXY = (point: DesignPoint) => ({ x: tradeOff.x.of(point), y: tradeOff.y.of(point) });
  const bestPoint = [...points.sample, ...front].filter((point) => point.trial === best?.trial).slice(0, 1);
  const tableRows = canvas.height >= 24 ? Math.min(front.length + 2, Math.floor(canvas.height * 0.35)) : 0;
  drawWords(
    canvas,
    0,
    [
      { text: `Pareto: ${tradeOff.name}`, style: 'heading' },
      { text: '● front', style: 'best' },
      { text: '◆ best EDP', style: 'warning' },
      { text: '· designs', style: 'mean' },
      { text: '◄ ► axes', style: 'dim' },
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
    drawFrontTable(canvas.region(0, canvas.height - tableRows, canvas.width, tableRows), front, best?.trial);
}

function drawFrontTable(canvas: Canvas, front: readonly DesignPoint[], bestTrial: number | undefined): void {
  const columns: readonly { title: string; width: number; of: (point: DesignPoint) => string }[] = [
    { title: 'trial', width: 7, of: (point) => `${point.trial}` },
    { title: 'area', width: 10, of: (point) => `${formatFigure(point.areaMm2)} mm²` },
    { title: 'EDP', width: 9, of: (point) => formatFigure(point.edpPjCycles) },
    { title: 'energy', width: 9, of: (point) => formatEnergy(point.energyPj) },
    { title: 'cycles', width: 9, of: (point) => formatSi(point.cycles) },
    { title: 'PEs', width: 5, of: ({ design }) => `${design.processingElements}` },
    { title: 'L1', width: 9, of: ({ design }) => formatBytes(design.l1BytesPerPe) },
    { title: 'L2', width: 9, of: ({ design }) => formatBytes(design.l2Bytes) },
    { title: 'parallel', width: 9, of: ({ design }) => dataflowText(design.axes) },
    { title: 'array', width: 10, of: ({ design }) => design.axes.map((axis) => axis.size).join('×') },
  ];
  const rows = canvas.height - 2;
  const shown =
    front.length <= rows
      ? front
      : Array.from({ length: rows }, (_, i) => front[Math.round((i * (front.length - 1)) / (rows - 1 || 1))]!);
  let x = 2;
  for (const { title, width, of } of columns) {
    if (x + width > canvas.width) return;
    canvas.textRight(x + width, 1, title, 'dim');
    shown.forEach((point, i) => {
      canvas.textRight(x + width, i + 2, of(point), point.trial === bestTrial ? 'warning' : 'text');
    });
    x += width + 1;
  }
}
