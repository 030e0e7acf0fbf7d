import { meanFigures } from '../../search/run-figures.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { type ChartRule, drawChart } from '../drawing/chart.ts';
import { POINT_LIMIT } from '../state/design-points.ts';
import type { RunView } from '../state/run-view.ts';
import { drawAccuracyTable } from './front-tables.ts';
import { drawWords } from './page-parts.ts';

/** Accuracy against EDP: all scored networks, the front, the floor that the search keeps, and the front as a table. */
export function drawAccuracyFront(canvas: Canvas, view: RunView, position: string): void {
  const { points, best, started } = view;
  const front = view.accuracyFront.slice(0, POINT_LIMIT);
  const tableRows = canvas.height >= 20 ? Math.min(front.length + 2, Math.floor(canvas.height * 0.35)) : 0;
  drawWords(
    canvas,
    0,
    [
      { text: 'Pareto: accuracy against EDP', style: 'heading' },
      ...(position === '' ? [] : [{ text: position, style: 'dim' as const }]),
      { text: '● front', style: 'best' },
      { text: '◆ best', style: 'warning' },
      { text: '· networks', style: 'mean' },
    ],
    2,
  );
  canvas.text(0, 1, 'up: top-1 accuracy, %', 'dim');
  const floor = started?.space?.floorPercent ?? null;
  const rules: ChartRule[] = floor === null ? [] : [{ y: floor, label: `floor ${floor} %`, style: 'bad' }];
  const bestPoint =
    best?.network === undefined
      ? []
      : [{ x: meanFigures(best.networks).edpPjCycles, y: best.network.accuracy.top1Percent }];
  drawChart(canvas.region(0, 2, canvas.width, canvas.height - 2 - tableRows), {
    xLabel: 'EDP, pJ·cycles',
    xScale: 'log',
    yScale: 'linear',
    rules,
    series: [
      {
        style: 'mean',
        mark: 'points',
        points: points.sample.flatMap(({ edpPjCycles, top1Percent }) =>
          top1Percent === null ? [] : [{ x: edpPjCycles, y: top1Percent }],
        ),
      },
      {
        style: 'best',
        mark: 'steps',
        points: front
          .map(({ edpPjCycles, network }) => ({ x: edpPjCycles, y: network.accuracy.top1Percent }))
          .sort((a, b) => a.x - b.x),
        symbol: '●',
      },
      { style: 'warning', mark: 'points', points: bestPoint, symbol: '◆' },
    ],
  });
  if (tableRows > 2)
    drawAccuracyTable(canvas.region(0, canvas.height - tableRows, canvas.width, tableRows), front, best?.trial);
}
