import type { TopLevelSpec } from 'vega-lite';
import { macUnits, placedLevels } from '../../accelerator/placed-levels.ts';
import { layerLabels } from '../layer-labels.ts';
import { numberText } from '../number-text.ts';
import type { ReportModel } from '../report-model.ts';
import { type ChartFrame, chartBase, isPositive, logDomain, logScale, logShare, logTicks } from './chart-base.ts';
import { colorOf } from './level-colors.ts';
import { type Box, labelWidth, placeLabels } from './point-labels.ts';

/** Shapes of the roofline by what binds a layer: compute first, then the levels outermost first. */
export const BOUND_SHAPES = ['circle', 'triangle-up', 'square', 'diamond', 'cross', 'triangle-down', 'stroke'] as const;

/** Areas of the smallest and the largest mark in square pixels. */
const MARK_AREAS = [70, 380] as const;
/** Room that the axes take of a chart, about. */
const AXES = { width: 55, height: 50 } as const;
const ROOF_TEXT = { fontSize: 12, dy: -11 } as const;
const LABEL = { fontSize: 11, characters: 22, widthPerLabel: 130 } as const;

/** A layer at its place in the chart. */
interface Mark {
  readonly x: number;
  readonly y: number;
  /** Cycles of all its repeats. */
  readonly cycles: number;
  readonly bound: string;
  readonly name: string;
  /** What it says when the pointer is over it. */
  readonly text: string;
}

/** Names of what can bind a layer of this run, in the order of {@link BOUND_SHAPES}. */
export function boundNames(model: ReportModel): readonly string[] {
  const levels = model.specification?.levels.map(({ name }) => name) ?? [];
  return [
    ...new Set([
      'compute',
      ...levels,
      ...model.layers.flatMap(({ bottleneck, isVector }) => (isVector === true ? [] : [bottleneck])),
    ]),
  ];
}

/** Every layer below the roofs of the array and of DRAM. Null when no layer was mapped. */
export function rooflineChart(model: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const { layers, specification } = model;
  const names = layerLabels(layers, LABEL.characters);
  const values = layers.flatMap((layer, index): Mark[] => {
    const macsPerCycle = layer.macs / layer.cycles;
    if (!isPositive(layer.macsPerDramByte) || !isPositive(macsPerCycle)) return [];
    const text = `${layer.name} (${layer.network}): ${numberText(macsPerCycle)} MACs/cycle, ${numberText(layer.macsPerDramByte)} MACs/B, bound by ${layer.bottleneck}`;
    return [
      {
        x: layer.macsPerDramByte,
        y: macsPerCycle,
        cycles: layer.repeat * layer.cycles,
        bound: layer.bottleneck,
        name: names[index]!,
        text,
      },
    ];
  });
  if (values.length === 0) return null;
  const peak = specification === null ? null : macUnits(specification);
  const dram = specification === null ? undefined : placedLevels(specification)[0];
  const slope = dram !== undefined && Number.isFinite(dram.bytesPerCycle) ? dram.bytesPerCycle : null;
  const ridge = peak !== null && slope !== null ? peak / slope : null;
  const xDomain = logDomain([...values.map(({ x }) => x), ...(ridge === null ? [] : [ridge])], 1.6);
  const yDomain = logDomain([...values.map(({ y }) => y), ...(peak === null ? [] : [peak])], 1.5);
  const roof: { x: number; y: number }[] = [];
  if (peak !== null) {
    if (slope !== null && ridge !== null) roof.push({ x: yDomain[0] / slope, y: yDomain[0] }, { x: ridge, y: peak });
    else roof.push({ x: xDomain[0], y: peak });
    roof.push({ x: xDomain[1], y: peak });
  }
  const bounds = boundNames(model);
  const colors = bounds.map((name) => colorOf(model, name));
  const shapes = bounds.map((_, index) => BOUND_SHAPES[index % BOUND_SHAPES.length]!);
  const x = { field: 'x', type: 'quantitative', scale: logScale(xDomain) } as const;
  const y = { field: 'y', type: 'quantitative', scale: logScale(yDomain) } as const;
  return {
    ...chartBase(frame),
    layer: [
      {
        data: { values: roof },
        mark: { type: 'line', strokeWidth: 2, color: 'var(--text)', clip: true, aria: false },
        encoding: {
          x: { ...x, axis: { title: 'MACs per DRAM byte', values: logTicks(xDomain), format: '~s' } },
          y: { ...y, axis: { title: 'MACs per cycle', values: logTicks(yDomain), format: '~s' } },
        },
      },
      ...(peak === null
        ? []
        : [
            {
              data: { values: [{ x: xDomain[1], y: peak, text: roofText(peak) }] },
              mark: {
                type: 'text',
                align: 'right',
                dy: ROOF_TEXT.dy,
                fontSize: ROOF_TEXT.fontSize,
                fill: 'var(--text)',
                aria: false,
              } as const,
              encoding: { x, y, text: { field: 'text' } } as const,
            },
          ]),
      {
        data: { values },
        mark: { type: 'point', filled: true, opacity: 0.85, stroke: 'var(--surface)', strokeWidth: 1 },
        encoding: {
          x,
          y,
          size: { field: 'cycles', type: 'quantitative', scale: { range: [...MARK_AREAS] }, legend: null },
          shape: { field: 'bound', type: 'nominal', scale: { domain: [...bounds], range: shapes }, legend: null },
          color: { field: 'bound', type: 'nominal', scale: { domain: [...bounds], range: colors }, legend: null },
          description: { field: 'text' },
        },
      },
      ...labelsOf(values, peak, { x: xDomain, y: yDomain }, frame).map(({ mark, ...place }) => ({
        data: { values: [mark] },
        mark: { type: 'text', ...place, fontSize: LABEL.fontSize, fill: 'var(--text)', aria: false } as const,
        encoding: { x, y, text: { field: 'name' } } as const,
      })),
    ],
  };
}

/** Names beside the marks with most cycles, as many as the chart has room for. */
function labelsOf(
  marks: readonly Mark[],
  peak: number | null,
  domains: Readonly<Record<'x' | 'y', readonly [number, number]>>,
  frame: ChartFrame,
) {
  const width = frame.width - AXES.width;
  const height = frame.height - AXES.height;
  const most = Math.max(...marks.map(({ cycles }) => cycles));
  const ordered = [...marks].sort((a, b) => b.cycles - a.cycles);
  const points = ordered.map(({ x, y, cycles, name }) => ({
    x: width * logShare(domains.x, x),
    y: height * (1 - logShare(domains.y, y)),
    // Vega's scale of sizes begins at zero: between the two, areas grow in proportion to the cycles.
    radius: Math.sqrt((MARK_AREAS[0] + (MARK_AREAS[1] - MARK_AREAS[0]) * (cycles / most)) / Math.PI),
    text: name,
  }));
  const taken: Box[] = [];
  if (peak !== null) {
    const { fontSize, dy } = ROOF_TEXT;
    const middle = height * (1 - logShare(domains.y, peak)) + dy;
    taken.push({
      left: width - labelWidth(roofText(peak), fontSize),
      right: width,
      top: middle - fontSize / 2,
      bottom: middle + fontSize / 2,
    });
  }
  const room = { taken, width, height, fontSize: LABEL.fontSize, most: Math.floor(width / LABEL.widthPerLabel) };
  return placeLabels(points, room).map(({ index, ...place }) => ({ mark: ordered[index]!, ...place }));
}

function roofText(peak: number): string {
  return `${numberText(peak)} MACs per cycle`;
}
