import type { TopLevelSpec } from 'vega-lite';

/** A layer of a chart. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Size of a chart in CSS pixels and how much room there is for names. */
export interface ChartFrame {
  readonly width: number;
  readonly height: number;
}

const AXIS = {
  labelColor: 'var(--muted)',
  titleColor: 'var(--muted)',
  titleFontWeight: 'normal',
  labelFontSize: 12,
  titleFontSize: 12,
  gridColor: 'var(--grid)',
  domainColor: 'var(--line)',
  tickColor: 'var(--line)',
  labelOverlap: 'greedy',
} as const;

/** Base of every chart: colours are variables of the page, so that one drawing serves light, dark and print. */
export function chartBase({ width, height }: ChartFrame) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width,
    height,
    autosize: { type: 'fit', contains: 'padding' },
    padding: 2,
    background: 'transparent',
    config: { axis: AXIS, view: { stroke: null }, font: 'sans-serif' },
  } as const;
}

/** Mark of a line whose value holds until the next point; what stands beside it says its values. */
export const STAIRS = { type: 'line', interpolate: 'step-after', strokeWidth: 2.5, clip: true, aria: false } as const;

/** Colours of two runs beside each other. */
export const RUN_COLORS = ['var(--run-a)', 'var(--run-b)'];

/** Encoding of the field `run` of two runs, `A` and `B`: a colour each, dashes for B. */
export function runEncoding() {
  const domain = ['A', 'B'];
  const dashes = [
    [1, 0],
    [6, 4],
  ];
  return {
    color: { field: 'run', type: 'nominal' as const, scale: { domain, range: RUN_COLORS }, legend: null },
    strokeDash: { field: 'run', type: 'nominal' as const, scale: { domain, range: dashes }, legend: null },
  };
}

/** A dashed line across the whole chart, with its name above or below its right end. */
export interface Rule {
  readonly value: number;
  readonly label: string;
  readonly color: string;
  readonly isAbove: boolean;
}

/** A rule as layers of a chart with this y axis. */
export function ruleLayers(
  { value, label, color, isAbove }: Rule,
  scale: ReturnType<typeof logScale | typeof linearScale>,
): Layer[] {
  const data = { values: [{ value, label }] };
  const y = { field: 'value', type: 'quantitative' as const, scale };
  return [
    { data, mark: { type: 'rule', strokeDash: [6, 4], strokeWidth: 1.5, color, aria: false }, encoding: { y } },
    {
      data,
      mark: { type: 'text', align: 'right', dy: isAbove ? -10 : 12, fontSize: 12, fill: color, aria: false },
      encoding: { y, x: { value: 'width' }, text: { field: 'label' } },
    },
  ];
}

/** A logarithmic axis of exactly this domain, for all layers of a chart alike. */
export function logScale(domain: readonly [number, number]) {
  return { type: 'log' as const, domain: [...domain], nice: false };
}

/** A linear axis of exactly this domain. */
export function linearScale(domain: readonly [number, number]) {
  return { domain: [...domain], nice: false };
}

/** Least and greatest positive value, apart by `margin` on both sides. */
export function logDomain(values: readonly number[], margin: number): [number, number] {
  const positive = values.filter(isPositive);
  if (positive.length === 0) return [0.5, 2];
  return [Math.min(...positive) / margin, Math.max(...positive) * margin];
}

/** Place of a value on a logarithmic axis: 0 at its beginning, 1 at its end. */
export function logShare([low, high]: readonly [number, number], value: number): number {
  return Math.log(value / low) / Math.log(high / low);
}

/** Whether a value can stand on a logarithmic axis. */
export function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/** Ticks of a logarithmic axis: 1, 2 and 5 of each decade; finer where these would be fewer than four, tens alone where more than eight. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const ticks = (digits: readonly number[]) => {
    const found: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      for (const digit of digits) {
        const tick = Number(`${digit}e${power}`);
        if (tick >= low && tick <= high) found.push(tick);
      }
    return found;
  };
  const usual = ticks([1, 2, 5]);
  if (usual.length > 8) return ticks([1]);
  if (usual.length >= 4) return usual;
  const fine = ticks([1, 1.5, 2, 3, 4, 5, 7]);
  return fine.length >= 3 ? fine : ticks([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9]);
}
