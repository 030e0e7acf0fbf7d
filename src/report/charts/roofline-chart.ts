import type { TopLevelSpec } from 'vega-lite';
import { macUnits, placedLevels } from '../../accelerator/placed-levels.ts';
import { numberText } from '../number-text.ts';
import { cleanText } from '../page/html.ts';
import type { ReportModel } from '../report-model.ts';
import { type ChartFrame, chartBase, isPositive, logDomain, logScale, logTicks } from './chart-base.ts';
import { colorOf } from './level-colors.ts';

/** Shapes of the roofline by what binds a layer: compute first, then the levels outermost first. */
export const BOUND_SHAPES = ['circle', 'triangle-up', 'square', 'diamond', 'cross', 'triangle-down', 'stroke'] as const;

/** Names of what can bind a layer of this run, in the order of {@link BOUND_SHAPES}. */
export function boundNames(model: ReportModel): readonly string[] {
  const levels = model.specification?.levels.map(({ name }) => name) ?? [];
  return [...new Set(['compute', ...levels, ...model.layers.map(({ bottleneck }) => bottleneck)])];
}

/** Every layer below the roofs of the array and of DRAM. Null when no layer was mapped. */
export function rooflineChart(model: ReportModel, frame: ChartFrame): TopLevelSpec | null {
  const { layers, specification } = model;
  const values = layers.flatMap((layer) => {
    const macsPerCycle = layer.macs / layer.cycles;
    if (!isPositive(layer.macsPerDramByte) || !isPositive(macsPerCycle)) return [];
    const text = `${cleanText(layer.name)} (${cleanText(layer.network)}): ${numberText(macsPerCycle)} MACs/cycle, ${numberText(layer.macsPerDramByte)} MACs/B, bound by ${cleanText(layer.bottleneck)}`;
    return [
      { x: layer.macsPerDramByte, y: macsPerCycle, share: layer.repeat * layer.cycles, bound: layer.bottleneck, text },
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
              data: { values: [{ x: xDomain[1], y: peak, text: `${numberText(peak)} MACs per cycle` }] },
              mark: { type: 'text', align: 'right', dy: -11, fontSize: 12, fill: 'var(--text)', aria: false } as const,
              encoding: { x, y, text: { field: 'text' } } as const,
            },
          ]),
      {
        data: { values },
        mark: { type: 'point', filled: true, opacity: 0.85, stroke: 'var(--surface)', strokeWidth: 1 },
        encoding: {
          x,
          y,
          size: { field: 'share', type: 'quantitative', scale: { range: [70, 380] }, legend: null },
          shape: { field: 'bound', type: 'nominal', scale: { domain: [...bounds], range: shapes }, legend: null },
          color: { field: 'bound', type: 'nominal', scale: { domain: [...bounds], range: colors }, legend: null },
          description: { field: 'text' },
        },
      },
    ],
  };
}
