import type { SeriesPoint } from '../state/series.ts';
import { formatTick } from '../text/terminal-figures.ts';
import { type Canvas, oneColumnText } from './canvas.ts';
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
  /** Where the label finds no room. */
  readonly shortLabel?: string;
  readonly style: Style;
}

/** What a chart shows. Later series are drawn over earlier ones. */
export interface Chart {
  readonly xLabel: string;
  readonly xScale: 'linear' | 'log';
  readonly yScale: 'linear' | 'log';
  readonly series: readonly ChartSeries[];
  readonly rules: readonly ChartRule[];
  /** Left end of the x axis; the smallest x by default. */
  readonly xFrom?: number;
}

/** Dots of a braille character by row, then column (Unicode Standard, block U+2800). */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

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
  const yAxis = axis(
    least(ys, 0),
    most(ys, 1),
    chart.yScale,
    rules.length === 0 ? 0.04 : Math.max(0.04, 1.8 / plot.height),
  );
  const xAxis = axis(xFrom, Math.max(most(xs, 1), xFrom), chart.xScale, 0);
  drawAxes(canvas, plot, chart, xAxis, yAxis);
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

/** Dots on a region, each cell in the style of its latest dot. */
class DotGrid {
  readonly width: number;
  readonly height: number;
  readonly #bits: Uint8Array;
  readonly #styles: Style[];
  readonly #plot: Canvas;

  constructor(plot: Canvas) {
    this.#plot = plot;
    this.width = plot.width * 2;
    this.height = plot.height * 4;
    this.#bits = new Uint8Array(plot.width * plot.height);
    this.#styles = Array(plot.width * plot.height).fill('text');
  }

  set(x: number, y: number, style: Style): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const cell = (y >> 2) * this.#plot.width + (x >> 1);
    this.#bits[cell]! |= DOTS[y & 3]![x & 1]!;
    this.#styles[cell] = style;
  }

  draw(): void {
    this.#bits.forEach((bits, cell) => {
      if (bits === 0) return;
      const [x, y] = [cell % this.#plot.width, Math.floor(cell / this.#plot.width)];
      this.#plot.put(x, y, String.fromCharCode(0x2800 + bits), this.#styles[cell]!);
    });
  }
}

function drawStep(dots: DotGrid, before: SeriesPoint | undefined, now: SeriesPoint, style: Style): void {
  if (before === undefined) {
    dots.set(now.x, now.y, style);
    return;
  }
  for (let x = before.x; x <= now.x; x++) dots.set(x, before.y, style);
  const [top, bottom] = before.y < now.y ? [before.y, now.y] : [now.y, before.y];
  for (let y = top; y <= bottom; y++) dots.set(now.x, y, style);
}

function drawLine(dots: DotGrid, from: SeriesPoint, to: SeriesPoint, style: Style): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  for (let i = 0; i <= steps; i++) {
    const [x, y] = [from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps].map(Math.round);
    dots.set(x!, y!, style);
  }
}

/** In the row above or below the line, as far right as it covers no data; shortened or left out where there is no such place. */
function drawRuleLabel(plot: Canvas, { label, shortLabel = label, style }: ChartRule, row: number): void {
  const isFree = (start: number, y: number, length: number) =>
    y >= 0 &&
    y < plot.height &&
    Array.from({ length: length + 2 }, (_, i) => plot.at(start - 1 + i, y)).every((at) => at === ' ' || at === '');
  for (const text of [oneColumnText(label), oneColumnText(shortLabel)])
    for (let start = plot.width - text.length; start >= 0; start--)
      for (const y of [row - 1, row + 1])
        if (isFree(start, y, text.length)) return void plot.text(start, y, text, style);
}

interface Axis {
  /** Position of a value: 0 at the low end, 1 at the high end. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** @param padding share of the range that both ends get as room; above 0 a constant gets a range of its own */
function axis(low: number, high: number, scale: 'linear' | 'log', padding: number): Axis {
  const to = scale === 'log' ? Math.log10 : (value: number) => value;
  const span = to(high) - to(low);
  const room = padding === 0 ? 0 : span > 0 ? padding * span : scale === 'log' ? 0.1 : Math.abs(high) * 0.1 || 1;
  const [start, end] = [to(low) - room, to(high) + room];
  const at = (value: number) => (end > start ? Math.min(1, Math.max(0, (to(value) - start) / (end - start))) : 0);
  const ticks = (scale === 'log' ? logTicks(start, end) : linearTicks(start, end)).filter(
    (tick) => to(tick) >= start - 1e-9 && to(tick) <= end + 1e-9,
  );
  return { at, ticks };
}

/** Powers of ten; with round figures between where they are few, or evenly within half a decade. @param start,end as log10 */
function logTicks(start: number, end: number): number[] {
  const decades = end - start;
  if (decades < 0.5) return linearTicks(10 ** start, 10 ** end);
  const within = (factors: readonly number[]) => {
    const ticks: number[] = [];
    for (let power = Math.floor(start); power <= Math.ceil(end); power++)
      for (const factor of factors) ticks.push(factor * 10 ** power);
    return ticks.filter((tick) => Math.log10(tick) >= start && Math.log10(tick) <= end);
  };
  if (decades >= 3) return within([1]);
  const coarse = within([1, 2, 5]);
  return coarse.length >= 3 ? coarse : within([1, 1.5, 2, 3, 5, 7]);
}

function linearTicks(start: number, end: number): number[] {
  if (!(end > start)) return [start];
  const raw = (end - start) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999)!;
  const ticks: number[] = [];
  for (let i = Math.ceil(start / step - 1e-9); i * step <= end * (1 + 1e-12) && ticks.length < 20; i++)
    ticks.push(i * step);
  return ticks;
}

function drawAxes(canvas: Canvas, plot: Canvas, chart: Chart, xAxis: Axis, yAxis: Axis): void {
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
  let free = 0;
  for (const tick of xAxis.ticks) {
    const text = formatTick(tick);
    const middle = GUTTER + (Math.round(xAxis.at(tick) * (plot.width * 2 - 1)) >> 1);
    const start = Math.max(GUTTER - 1, middle - (text.length >> 1));
    if (start < free || start + text.length + 1 > labelStart) continue;
    canvas.put(middle, plot.height, '┬', 'faint');
    canvas.text(start, plot.height + 1, text, 'dim');
    free = start + text.length + 2;
  }
  if (free - 1 <= labelStart) canvas.text(labelStart, plot.height + 1, chart.xLabel, 'dim');
}

function least(values: readonly number[], fallback: number): number {
  return values.length === 0 ? fallback : values.reduce((a, b) => Math.min(a, b));
}

function most(values: readonly number[], fallback: number): number {
  return values.length === 0 ? fallback : values.reduce((a, b) => Math.max(a, b));
}
