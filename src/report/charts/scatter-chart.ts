import type { TopLevelSpec } from 'vega-lite';
import { type ChartFrame, chartBase, type Layer, logDomain, logScale, logShare, logTicks } from './chart-base.ts';
import { densityCells } from './density.ts';
import { type LabelPlace, placeLabels } from './point-labels.ts';

/** A measured figure beside the model's, both above 0. */
export interface ScatterPoint {
  readonly name: string;
  /** What it is told apart by, with a colour and a shape each. */
  readonly kind: string;
  readonly measured: number;
  readonly model: number;
  /** What it says when the pointer is over it. */
  readonly text: string;
}

/** Points that are drawn one by one at most; more become cells of a raster. */
export const MOST_MARKS = 1000;
/** Points with names beside them, and with a text each for screen readers, at most: more would hide each other, and tire. */
const MOST_NAMED = 40;
/** Side of a cell of the raster in pixels. */
const CELL = 6;
/** Room that the axes take of a chart, about. */
const AXES = { width: 55, height: 50 } as const;
const LABEL = { fontSize: 11, characters: 18, widthPerLabel: 35 } as const;

/** Colours and shapes of kinds, in their order; what follows begins anew. */
export const KIND_MARKS = [
  { color: 'var(--level1)', shape: 'circle' },
  { color: 'var(--level0)', shape: 'square' },
  { color: 'var(--outputs)', shape: 'triangle-up' },
  { color: 'var(--weights)', shape: 'diamond' },
  { color: 'var(--vector-unit)', shape: 'cross' },
  { color: 'var(--level5)', shape: 'triangle-down' },
] as const;

/** The kinds of some points, in order of appearance. */
export function kindsOf(points: readonly ScatterPoint[]): readonly string[] {
  return [...new Set(points.map(({ kind }) => kind))];
}

/** Modelled against measured figures on equal logarithmic axes, with the line where they are equal and those where they differ by a factor of two. */
export function scatterChart(points: readonly ScatterPoint[], unit: string, frame: ChartFrame): TopLevelSpec {
  const domain = logDomain(
    points.flatMap(({ measured, model }) => [measured, model]),
    1.4,
  );
  const scale = logScale(domain);
  const x = { field: 'measured', type: 'quantitative', scale } as const;
  const y = { field: 'model', type: 'quantitative', scale } as const;
  const axis = { values: logTicks(domain), format: '~s' };
  const line = (factor: number) => domain.map((measured) => ({ measured, model: measured * factor, factor }));
  return {
    ...chartBase(frame),
    layer: [
      {
        data: { values: [...line(0.5), ...line(2)] },
        mark: { type: 'line', strokeDash: [2, 4], strokeWidth: 1.25, color: 'var(--muted)', clip: true, aria: false },
        encoding: {
          x: { ...x, axis: { ...axis, title: `Measured (${unit})` } },
          y: { ...y, axis: { ...axis, title: `Modelled (${unit})` } },
          detail: { field: 'factor' },
        },
      },
      {
        data: { values: line(1) },
        mark: { type: 'line', strokeWidth: 1.5, color: 'var(--text)', clip: true, aria: false },
        encoding: { x, y },
      },
      ...(points.length > MOST_MARKS ? rasterLayers(points, domain, frame) : markLayers(points, domain, frame)),
    ],
  };
}

type Domain = readonly [number, number];

function markLayers(points: readonly ScatterPoint[], domain: Domain, frame: ChartFrame): Layer[] {
  const kinds = kindsOf(points);
  const marks = kinds.map((_, index) => KIND_MARKS[index % KIND_MARKS.length]!);
  const isNamed = points.length <= MOST_NAMED;
  const scale = logScale(domain);
  const x = { field: 'measured', type: 'quantitative', scale } as const;
  const y = { field: 'model', type: 'quantitative', scale } as const;
  const size = isNamed ? 80 : 26;
  const look = { opacity: isNamed ? 0.9 : 0.6, size, stroke: 'var(--surface)', strokeWidth: isNamed ? 1 : 0.25 };
  return [
    {
      data: { values: [...points] },
      mark: { type: 'point', filled: true, ...look, ...(isNamed ? {} : { aria: false }) },
      encoding: {
        x,
        y,
        shape: {
          field: 'kind',
          type: 'nominal',
          scale: { domain: [...kinds], range: marks.map(({ shape }) => shape) },
          legend: null,
        },
        color: {
          field: 'kind',
          type: 'nominal',
          scale: { domain: [...kinds], range: marks.map(({ color }) => color) },
          legend: null,
        },
        ...(isNamed ? { description: { field: 'text' } } : {}),
      },
    },
    ...(isNamed ? namesOf(points, domain, frame, Math.sqrt(size / Math.PI)) : []).map(
      ({ point, ...place }): Layer => ({
        data: { values: [{ ...point, name: shortName(point.name) }] },
        mark: { type: 'text', ...place, fontSize: LABEL.fontSize, fill: 'var(--text)', aria: false },
        encoding: { x, y, text: { field: 'name' } },
      }),
    ),
  ];
}

/** Names beside the marks that have room for one. */
function namesOf(points: readonly ScatterPoint[], domain: Domain, frame: ChartFrame, radius: number) {
  const width = frame.width - AXES.width;
  const height = frame.height - AXES.height;
  const placed = points.map(({ measured, model, name }) => ({
    x: width * logShare(domain, measured),
    y: height * (1 - logShare(domain, model)),
    radius,
    text: shortName(name),
  }));
  const room = { taken: [], width, height, fontSize: LABEL.fontSize, most: Math.floor(width / LABEL.widthPerLabel) };
  return placeLabels(placed, room).map(({ index, align, dx, dy }: LabelPlace) => ({
    point: points[index]!,
    align,
    dx,
    dy,
  }));
}

function rasterLayers(points: readonly ScatterPoint[], domain: Domain, frame: ChartFrame): Layer[] {
  const axis = (pixels: number) => ({ domain, scale: 'log' as const, cells: Math.max(10, Math.round(pixels / CELL)) });
  const cells = densityCells(
    points.map(({ measured, model }) => [measured, model] as const),
    axis(frame.width),
    axis(frame.height),
  );
  const most = cells.reduce((largest, { count }) => Math.max(largest, count), 1);
  const scale = logScale(domain);
  return [
    {
      data: {
        values: cells.map((cell) => ({ ...cell, ink: 0.25 + 0.75 * (Math.log(cell.count) / (Math.log(most) || 1)) })),
      },
      mark: { type: 'rect', color: 'var(--accent)', aria: false },
      encoding: {
        x: { field: 'x0', type: 'quantitative', scale },
        x2: { field: 'x1' },
        y: { field: 'y0', type: 'quantitative', scale },
        y2: { field: 'y1' },
        opacity: { field: 'ink', type: 'quantitative', scale: null },
      },
    },
  ];
}

function shortName(name: string): string {
  const characters = [...name];
  return characters.length <= LABEL.characters ? name : `${characters.slice(0, LABEL.characters - 1).join('')}\u2026`;
}
