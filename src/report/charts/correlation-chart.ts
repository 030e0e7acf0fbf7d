import type { TopLevelSpec } from 'vega-lite';
import type { CorrelationEvent } from '../../search/run-events.ts';
import { type ChartFrame, chartBase, linearScale, logDomain, logScale, logTicks } from './chart-base.ts';
import { densityCells, type RasterAxis } from './density.ts';

/** Most points that are drawn one by one. */
export const MOST_POINTS = 1000;
/** Side of a cell of the raster in pixels. */
const CELL = 7;

/** Two figures of the same networks: every network as a mark, or many as cells of a raster. */
export function correlationChart({ points, xLabel, yLabel }: CorrelationEvent, frame: ChartFrame): TopLevelSpec {
  const xAxis = axisOf(
    points.map(([x]) => x),
    frame.width,
  );
  const yAxis = axisOf(
    points.map(([, y]) => y),
    frame.height,
  );
  const x = { type: 'quantitative', scale: scaleOf(xAxis) } as const;
  const y = { type: 'quantitative', scale: scaleOf(yAxis) } as const;
  const axes = {
    x: { title: xLabel, format: '~s', grid: false, ...ticksOf(xAxis) },
    y: { title: yLabel, format: '~s', ...ticksOf(yAxis) },
  };
  const places = distinctPlaces(points);
  if (places.length <= MOST_POINTS)
    return {
      ...chartBase(frame),
      data: { values: places },
      mark: { type: 'circle', opacity: 0.65, color: 'var(--accent)', aria: false },
      encoding: {
        x: { ...x, field: 'a', axis: axes.x },
        y: { ...y, field: 'b', axis: axes.y },
        size:
          places.length === points.length
            ? { value: 26 }
            : { field: 'count', type: 'quantitative', scale: { range: [16, 320] }, legend: null },
      },
    };
  const cells = densityCells(points, xAxis, yAxis);
  const most = cells.reduce((largest, { count }) => Math.max(largest, count), 1);
  return {
    ...chartBase(frame),
    data: {
      values: cells.map((cell) => ({ ...cell, ink: 0.25 + 0.75 * (Math.log(cell.count) / (Math.log(most) || 1)) })),
    },
    mark: { type: 'rect', color: 'var(--accent)', aria: false },
    encoding: {
      x: { ...x, field: 'x0', axis: axes.x },
      x2: { field: 'x1' },
      y: { ...y, field: 'y0', axis: axes.y },
      y2: { field: 'y1' },
      opacity: { field: 'ink', type: 'quantitative', scale: null },
    },
  };
}

/** The places of some points with how many lie there, in order of appearance. */
export function distinctPlaces(points: CorrelationEvent['points']): readonly { a: number; b: number; count: number }[] {
  const places = new Map<string, { a: number; b: number; count: number }>();
  for (const [a, b] of points) {
    const key = `${a},${b}`;
    const place = places.get(key);
    if (place === undefined) places.set(key, { a, b, count: 1 });
    else place.count++;
  }
  return [...places.values()];
}

/** Logarithmic where the figures span more than a factor of 20. */
function axisOf(values: readonly number[], pixels: number): RasterAxis {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const cells = Math.max(10, Math.round(pixels / CELL));
  if (low > 0 && high / low > 20) return { domain: logDomain([low, high], 1.05), scale: 'log', cells };
  const room = 0.02 * (high - low) || Math.abs(high) * 0.1 || 1;
  const from = low >= 0 ? Math.max(0, low - room) : low - room;
  return { domain: [from, high + room], scale: 'linear', cells };
}

function scaleOf({ domain, scale }: RasterAxis) {
  return scale === 'log' ? logScale(domain) : linearScale(domain);
}

function ticksOf({ domain, scale }: RasterAxis) {
  return scale === 'log' ? { values: logTicks(domain) } : { tickCount: 6 };
}
