import { shownText } from '../../util/shown-text.ts';
import { textColumns } from '../../util/text-columns.ts';
import type { SeriesPoint } from '../state/series.ts';
import { formatTick } from '../text/terminal-figures.ts';
import type { Canvas } from './canvas.ts';
import { type ChartAxis, chartAxis } from './chart-axis.ts';
import { DotGrid, drawLine, drawStep } from './dot-grid.ts';
import type { Style } from './palette.ts';

/** A curve or cloud of a chart. */
export interface ChartSeries {
  readonly style: Style;
  /** By ascending x for `steps` and `line`. `steps` holds a value until the next one. */
  readonly mark: 'steps' | 'line' | 'points';
  readonly points: readonly SeriesPoint[];
  /** Drawn over points in place of the dots. */
  readonly symbol?: string;
}

/** A horizontal line at a known value. */
export interface ChartRule {
  readonly y: number;
  readonly label: string;
  /** In place of a label that finds no room. */
  readonly shortLabel?: string;
  readonly style: Style;
}

/** Data and axes of a chart. Later series are drawn over earlier ones. */
export interface Chart {
  readonly xLabel: string;
  readonly xScale: 'linear' | 'log';
  readonly yScale: 'linear' | 'log';
  readonly series: readonly ChartSeries[];
  readonly rules: readonly ChartRule[];
  /** Left end of the x axis; the smallest x by default. */
  readonly xFrom?: number;
  /** Values that the ticks of the x axis may fall on, ascending; any round ones by default. */
  readonly xTicks?: readonly number[];
}

/** Columns of the labels left of the y axis, the axis included. */
const GUTTER = 9;

/** Draws a chart with axes; braille gives 2 x 4 dots per character. Points with figures that are not finite, or not above 0 on a log scale, are left out. */
export function drawChart(canvas: Canvas, chart: Chart): void {
  const plot = canvas.region(GUTTER, 0, canvas.width - GUTTER - 1, canvas.height - 2);
  if (plot.width < 4 || plot.height < 2) return;
  const usable = (value: number, scale: 'linear' | 'log') =>
    Number.isFinite(value) && (scale === 'linear' || value > 0);
  const series = chart.series.map((one) => ({
    ...one,
    points: one.points.filter(({ x, y }) => usable(x, chart.xScale) && usable(y, chart.yScale)),
  }));
  const rules = chart.rules.filter(({ y }) => usable(y, chart.yScale));
  const all = series.flatMap((one) => one.points);
  const ys = [...all.map(({ y }) => y), ...rules.map(({ y }) => y)];
  if (ys.length === 0) return;
  const xs = all.map(({ x }) => x);
  const xFrom = chart.xFrom ?? least(xs, 0);
  // Above the highest and below the lowest line there is a row for its name.
  const yAxis = chartAxis(
    least(ys, 0),
    most(ys, 1),
    chart.yScale,
    rules.length === 0 ? 0.04 : Math.max(0.04, 1.8 / plot.height),
  );
  const xAxis = chartAxis(xFrom, Math.max(most(xs, 1), xFrom), chart.xScale, 0);
  drawAxes(canvas, plot, chart, { ...xAxis, ticks: chart.xTicks ?? xAxis.ticks }, yAxis);
  const dots = new DotGrid(plot);
  const column = (x: number) => Math.round(xAxis.at(x) * (dots.width - 1));
  const row = (y: number) => Math.round((1 - yAxis.at(y)) * (dots.height - 1));
  for (const rule of rules) for (let x = 0; x < dots.width; x += 3) dots.set(x, row(rule.y), rule.style);
  for (const { points, mark, style } of series) {
    let before: { x: number; y: number } | undefined;
    for (const point of points) {
      const now = { x: column(point.x), y: row(point.y) };
      if (mark === 'points') dots.set(now.x, now.y, style);
      else if (mark === 'steps') drawStep(dots, before, now, style);
      else drawLine(dots, before ?? now, now, style);
      before = now;
    }
    if (mark === 'steps' && before !== undefined)
      for (let x = before.x; x < dots.width; x++) dots.set(x, before.y, style);
  }
  dots.draw();
  for (const { points, symbol, style } of series)
    if (symbol !== undefined)
      for (const point of points) plot.put(column(point.x) >> 1, row(point.y) >> 2, symbol, style);
  for (const rule of rules) drawRuleLabel(plot, rule, row(rule.y) >> 2);
}

/** In the row above or below the line, as far right as it covers no data; shortened or left out where there is no such place. */
function drawRuleLabel(plot: Canvas, { label, shortLabel = label, style }: ChartRule, row: number): void {
  const isFree = (start: number, y: number, length: number) =>
    y >= 0 &&
    y < plot.height &&
    Array.from({ length: length + 2 }, (_, i) => plot.at(start - 1 + i, y)).every((at) => at === ' ' || at === '');
  for (const text of [shownText(label), shownText(shortLabel)])
    for (let start = plot.width - textColumns(text); start >= 0; start--)
      for (const y of [row - 1, row + 1])
        if (isFree(start, y, textColumns(text))) return void plot.text(start, y, text, style);
}

function drawAxes(canvas: Canvas, plot: Canvas, chart: Chart, xAxis: ChartAxis, yAxis: ChartAxis): void {
  for (let y = 0; y < plot.height; y++) canvas.put(GUTTER - 1, y, '│', 'faint');
  let lastRow = Infinity;
  for (const tick of yAxis.ticks) {
    const row = Math.round((1 - yAxis.at(tick)) * (plot.height * 4 - 1)) >> 2;
    if (row > lastRow - 2) continue;
    canvas.textRight(GUTTER - 2, row, formatTick(tick), 'dim');
    canvas.put(GUTTER - 1, row, '┤', 'faint');
    lastRow = row;
  }
  canvas.put(GUTTER - 1, plot.height, '└', 'faint');
  for (let x = 0; x < plot.width; x++) canvas.put(GUTTER + x, plot.height, '─', 'faint');
  const labelStart = canvas.width - chart.xLabel.length - 1;
  const end = chart.xLabel === '' ? canvas.width : labelStart - 1;
  let free = 0;
  for (const tick of xAxis.ticks) {
    const text = chart.xTicks === undefined ? formatTick(tick) : String(Number(tick.toPrecision(6)));
    const middle = GUTTER + (Math.round(xAxis.at(tick) * (plot.width * 2 - 1)) >> 1);
    const centred = Math.max(GUTTER - 1, middle - (text.length >> 1));
    // Ticks that stand for data are all drawn, whether or not their labels find room.
    if (chart.xTicks !== undefined) canvas.put(middle, plot.height, '┬', 'faint');
    const start = chart.xTicks === undefined ? centred : Math.min(centred, end - text.length);
    if (start < free || start + text.length > end) continue;
    canvas.put(middle, plot.height, '┬', 'faint');
    canvas.text(start, plot.height + 1, text, 'dim');
    free = start + text.length + 2;
  }
  if (chart.xLabel !== '' && free - 1 <= labelStart) canvas.text(labelStart, plot.height + 1, chart.xLabel, 'dim');
}

function least(values: readonly number[], fallback: number): number {
  return values.length === 0 ? fallback : values.reduce((a, b) => Math.min(a, b));
}

function most(values: readonly number[], fallback: number): number {
  return values.length === 0 ? fallback : values.reduce((a, b) => Math.max(a, b));
}
