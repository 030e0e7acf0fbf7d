import { dataflowText } from '../../accelerator/wiring.ts';
import { accuracyText, geneTexts, isSearchedOnOther } from '../../search/accuracy-text.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import { trialCell } from '../../search/trials.ts';
import { spreadOver } from '../../util/spread.ts';
import type { Canvas } from '../drawing/canvas.ts';
import type { DesignPoint } from '../state/design-points.ts';
import { formatBytes, formatEnergy, formatFigure, formatSi } from '../text/terminal-figures.ts';

interface Column<Point> {
  readonly title: string;
  readonly width: number;
  readonly of: (point: Point) => string;
}

const DESIGN_COLUMNS: readonly Column<DesignPoint>[] = [
  { title: 'trial', width: 8, of: ({ trial }) => trialCell(trial) },
  { title: 'area', width: 10, of: (point) => `${formatFigure(point.areaMm2)} mm²` },
  { title: 'EDP', width: 9, of: (point) => formatFigure(point.edpPjCycles) },
  { title: 'energy', width: 9, of: (point) => formatEnergy(point.energyPj) },
  { title: 'cycles', width: 9, of: (point) => formatSi(point.cycles) },
  { title: 'PEs', width: 5, of: ({ design }) => `${design.processingElements}` },
  { title: 'L1', width: 9, of: ({ design }) => formatBytes(design.l1BytesPerPe) },
  { title: 'L2', width: 9, of: ({ design }) => formatBytes(design.l2Bytes) },
  { title: 'parallel', width: 12, of: ({ design }) => dataflowText(design.axes) },
  { title: 'array', width: 10, of: ({ design }) => design.axes.map((axis) => axis.size).join('×') },
];

const ACCURACY_COLUMNS: readonly Column<AccuracyPoint>[] = [
  { title: 'trial', width: 8, of: ({ trial }) => trialCell(trial) },
  { title: 'top-1', width: 15, of: ({ network }) => accuracyText(network.accuracy) },
  { title: 'EDP', width: 9, of: (point) => formatFigure(point.edpPjCycles) },
  { title: 'energy', width: 9, of: (point) => formatEnergy(point.energyPj) },
  { title: 'cycles', width: 9, of: (point) => formatSi(point.cycles) },
  { title: 'area', width: 10, of: (point) => `${formatFigure(point.areaMm2)} mm²` },
  { title: 'MACs', width: 8, of: ({ network }) => formatSi(network.macs) },
  { title: 'parameters', width: 10, of: ({ network }) => formatSi(network.parameters) },
];

/** Accuracy that the search compares, where another one is reported. */
const SEARCHED_COLUMN: Column<AccuracyPoint> = {
  title: 'searched',
  width: 9,
  of: ({ network }) => `${network.accuracy.top1Percent.toFixed(2)} %`,
};

/** The designs of a front below each other; the one of `bestTrial` stands out. */
export function drawDesignTable(canvas: Canvas, front: readonly DesignPoint[], bestTrial: number | undefined): void {
  drawColumns(canvas, DESIGN_COLUMNS, front, bestTrial);
}

/** The networks of a front of accuracy with what they cost, and their genes where there is room. */
export function drawAccuracyTable(
  canvas: Canvas,
  front: readonly AccuracyPoint[],
  bestTrial: number | undefined,
): void {
  const shown = spreadOver(front, canvas.height - 2);
  const hasTwo = front.some(({ network }) => isSearchedOnOther(network.accuracy));
  const columns = hasTwo ? ACCURACY_COLUMNS.toSpliced(2, 0, SEARCHED_COLUMN) : ACCURACY_COLUMNS;
  const x = drawColumns(canvas, columns, shown, bestTrial) + 2;
  if (canvas.width - x < 24) return;
  canvas.text(x, 1, 'genes', 'dim');
  shown.forEach(({ network }, i) => {
    const genes = geneTexts(network)
      .map(({ name, values }) => `${name} ${values}`)
      .join(' · ');
    canvas.text(x, i + 2, genes, 'dim');
  });
}

/** @returns the column after the last one that fits */
function drawColumns<Point extends { readonly trial: number }>(
  canvas: Canvas,
  columns: readonly Column<Point>[],
  points: readonly Point[],
  bestTrial: number | undefined,
): number {
  const shown = spreadOver(points, canvas.height - 2);
  let x = 2;
  for (const { title, width, of } of columns) {
    if (x + width > canvas.width) return x;
    canvas.textRight(x + width, 1, title, 'dim');
    shown.forEach((point, i) => {
      canvas.textRight(x + width, i + 2, of(point), point.trial === bestTrial ? 'warning' : 'text');
    });
    x += width + 1;
  }
  return x;
}
