import type { Canvas } from './canvas.ts';
import type { Style } from './palette.ts';

/** A part of a stacked bar. */
export interface Segment {
  readonly value: number;
  readonly style: Style;
}

/** A thin bar of `width` columns, filled to a share in [0, 1]; shares outside are cut. */
export function drawMeter(canvas: Canvas, x: number, y: number, width: number, share: number, style: Style): void {
  const halves = Math.round(2 * width * Math.min(1, Math.max(0, share)));
  for (let i = 0; i < width; i++) {
    const filled = halves - 2 * i;
    canvas.put(x + i, y, filled >= 2 ? '━' : filled === 1 ? '╸' : '─', filled >= 1 ? style : 'faint');
  }
}

/** Cells of each segment when `width` cells are shared in proportion: the largest remainders are rounded up, so that the sum is exact. */
export function segmentCells(values: readonly number[], width: number, total = sum(values)): number[] {
  if (!(total > 0)) return values.map(() => 0);
  const exact = values.map((value) => (Math.max(0, value) / total) * width);
  const cells = exact.map(Math.floor);
  let left = Math.min(width, Math.round(sum(exact))) - sum(cells);
  const byRemainder = exact.map((value, i) => [value - Math.floor(value), i] as const).sort((a, b) => b[0] - a[0]);
  for (const [, i] of byRemainder) {
    if (left <= 0) break;
    cells[i]!++;
    left--;
  }
  return cells;
}

/** A stacked bar. @param total value of the whole width; the sum of the segments by default */
export function drawStack(
  canvas: Canvas,
  x: number,
  y: number,
  width: number,
  segments: readonly Segment[],
  total?: number,
): void {
  const cells = segmentCells(
    segments.map((segment) => segment.value),
    width,
    total,
  );
  let column = x;
  segments.forEach(({ style }, i) => {
    for (let n = 0; n < cells[i]!; n++) canvas.put(column++, y, '█', style);
  });
  while (column < x + width) canvas.put(column++, y, '·', 'faint');
}

/**
 * Stacked columns side by side, the highest over the full height; the first segment is at the bottom. Columns that do not fit are
 * merged with their neighbours (their sum).
 */
export function drawColumns(canvas: Canvas, columns: readonly (readonly Segment[])[]): void {
  if (columns.length === 0 || canvas.width < 1) return;
  const merged = mergeColumns(columns, canvas.width);
  const totals = merged.map((segments) => sum(segments.map((segment) => segment.value)));
  const highest = totals.reduce((a, b) => Math.max(a, b), 0);
  const pitch = Math.min(8, Math.floor(canvas.width / merged.length));
  merged.forEach((segments, i) => {
    const height = highest > 0 ? Math.max(1, Math.round((totals[i]! / highest) * canvas.height)) : 0;
    const cells = segmentCells(
      segments.map((segment) => segment.value),
      height,
    );
    let row = canvas.height - 1;
    segments.forEach(({ style }, s) => {
      for (let n = 0; n < cells[s]!; n++, row--)
        for (let x = 0; x < Math.max(1, pitch - 1); x++) canvas.put(i * pitch + x, row, '█', style);
    });
  });
}

function mergeColumns(columns: readonly (readonly Segment[])[], limit: number): (readonly Segment[])[] {
  const size = Math.ceil(columns.length / limit);
  if (size <= 1) return [...columns];
  const merged: Segment[][] = [];
  columns.forEach((segments, i) => {
    if (i % size === 0) merged.push([]);
    const target = merged.at(-1)!;
    for (const segment of segments) {
      const same = target.findIndex(({ style }) => style === segment.style);
      if (same < 0) target.push(segment);
      else target[same] = { style: segment.style, value: target[same]!.value + segment.value };
    }
  });
  return merged;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
