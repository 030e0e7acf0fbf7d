import type { TopLevelSpec } from 'vega-lite';
import { chartBase, logScale, logTicks, RUN_COLORS } from './chart-base.ts';

/** Ratio of a figure of two runs per layer as bars left and right of 1. */
export function ratioChart(
  rows: readonly { readonly label: string; readonly ratio: number; readonly text: string }[],
  title: string,
  width: number,
): TopLevelSpec {
  const spread = Math.max(1.1, ...rows.map(({ ratio }) => Math.max(ratio, 1 / ratio)));
  const values = rows.map((row) => ({ ...row, one: 1, better: row.ratio < 1 ? 'A' : 'B' }));
  const scale = logScale([1 / spread, spread]);
  // The order of the values, as in the energy chart: a list of thousands of labels would be too deep an expression.
  const y = { field: 'label', type: 'nominal', sort: null } as const;
  return {
    ...chartBase({ width, height: 46 + 20 * rows.length }),
    data: { values },
    mark: { type: 'bar', height: { band: 0.7 } },
    encoding: {
      y: { ...y, axis: { title: null, ticks: false, domain: false, labelLimit: 400, labelOverlap: false } },
      x: {
        field: 'one',
        type: 'quantitative',
        scale,
        axis: { title, format: '.4~g', values: logTicks([1 / spread, spread]), orient: 'top' },
      },
      x2: { field: 'ratio' },
      color: { field: 'better', type: 'nominal', scale: { domain: ['A', 'B'], range: RUN_COLORS }, legend: null },
      description: { field: 'text' },
    },
  };
}
