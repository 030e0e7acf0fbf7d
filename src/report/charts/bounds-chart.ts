import type { TopLevelSpec } from 'vega-lite';
import type { BoundsPageInput } from '../bounds/bounds-input.ts';
import { bytesText, numberText } from '../number-text.ts';
import { type ChartFrame, chartBase, logDomain, logScale, logTicks, ruleLayers, STAIRS } from './chart-base.ts';

/** The least that crosses over the capacity, down to the compulsory line; null with fewer than two stairs. */
export function boundsChart(
  {
    stairs,
    togetherStairs,
    compulsory,
    rows,
    count,
  }: Pick<BoundsPageInput, 'stairs' | 'togetherStairs' | 'compulsory' | 'rows' | 'count'>,
  frame: ChartFrame,
): TopLevelSpec | null {
  if (stairs.length < 2) return null;
  const xDomain = logDomain(
    stairs.map(({ capacityBytes }) => capacityBytes),
    1,
  );
  const yDomain = logDomain([...stairs, ...togetherStairs].map(({ value }) => value).concat(compulsory), 1.3);
  const x = { type: 'quantitative', field: 'x', scale: logScale(xDomain) } as const;
  const y = { type: 'quantitative', field: 'y', scale: logScale(yDomain) } as const;
  const own = rows.flatMap(({ isOwn, capacityBytes, figures }) =>
    isOwn && figures !== null ? [{ x: capacityBytes, y: figures[count] }] : [],
  );
  const marks = rows.flatMap(({ capacityBytes, figures }) =>
    figures === null
      ? []
      : [
          {
            x: capacityBytes,
            y: figures[count],
            text: `${bytesText(capacityBytes)}: ${numberText(figures[count])} ${count}${figures.mapping === null ? '' : `, tile ${figures.mapping.tile}`}`,
          },
        ],
  );
  // Ticks at powers of two bytes that have a unit of their own, and quarters of them.
  const ticks = Array.from({ length: 26 }, (_, i) => 4 ** i).filter((tick) => tick >= xDomain[0] && tick <= xDomain[1]);
  const byteLabel =
    "datum.value >= 1073741824 ? format(datum.value / 1073741824, '~g') + ' GiB' : datum.value >= 1048576 ? format(datum.value / 1048576, '~g') + ' MiB' : datum.value >= 1024 ? format(datum.value / 1024, '~g') + ' KiB' : format(datum.value, '~g') + ' B'";
  return {
    ...chartBase(frame),
    layer: [
      {
        data: { values: stairs.map(({ capacityBytes, value }) => ({ x: capacityBytes, y: value })) },
        mark: { ...STAIRS, color: 'var(--accent)' },
        encoding: {
          x: { ...x, axis: { title: 'Capacity of the buffer', values: ticks, labelExpr: byteLabel } },
          y: { ...y, axis: { title: `Least ${count}`, values: logTicks(yDomain), format: '~s' } },
        },
      },
      {
        data: { values: togetherStairs.map(({ capacityBytes, value }) => ({ x: capacityBytes, y: value })) },
        mark: { ...STAIRS, strokeWidth: 2, strokeDash: [6, 4], color: 'var(--text)' },
        encoding: { x, y },
      },
      {
        data: { values: marks },
        mark: { type: 'point', filled: true, size: 40, color: 'var(--accent)', clip: true },
        encoding: { x, y, description: { field: 'text' } },
      },
      {
        data: { values: own },
        mark: {
          type: 'point',
          shape: 'diamond',
          filled: true,
          size: 160,
          color: 'var(--text)',
          clip: true,
          aria: false,
        },
        encoding: { x, y },
      },
      ...ruleLayers(
        { value: compulsory, label: 'compulsory', color: 'var(--muted)', isAbove: false },
        logScale(yDomain),
      ),
    ],
  };
}
