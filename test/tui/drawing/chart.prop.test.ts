import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawMeter, drawStack, segmentCells } from '../../../src/tui/drawing/bars.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { type Chart, drawChart } from '../../../src/tui/drawing/chart.ts';
import type { SeriesPoint } from '../../../src/tui/state/series.ts';

const DOT_ROWS = [0x01 | 0x08, 0x02 | 0x10, 0x04 | 0x20, 0x40 | 0x80];
const LEFT = [0x01, 0x02, 0x04, 0x40];
const RIGHT = [0x08, 0x10, 0x20, 0x80];

const textOf = (canvas: Canvas): string[] => canvas.lines().map((line) => line.map(({ text }) => text).join(''));

const chartOf = (
  points: readonly SeriesPoint[],
  mark: 'steps' | 'line' | 'points',
  yScale: 'linear' | 'log',
): Chart => ({
  xLabel: 'evaluations',
  xScale: 'linear',
  yScale,
  rules: [],
  series: [{ style: 'best', mark, points }],
});

/** Rows (from the top) of the dots in every dot column of a drawing. */
function dotColumns(lines: readonly string[]): number[][] {
  const width = lines[0]!.length;
  const columns: number[][] = Array.from({ length: 2 * width }, () => []);
  lines.forEach((line, y) => {
    Array.from(line).forEach((character, x) => {
      const bits = character.charCodeAt(0) - 0x2800;
      if (bits <= 0 || bits > 0xff) return;
      for (let row = 0; row < 4; row++) {
        if (bits & LEFT[row]!) columns[2 * x]!.push(4 * y + row);
        if (bits & RIGHT[row]!) columns[2 * x + 1]!.push(4 * y + row);
      }
    });
  });
  return columns.filter((rows) => rows.length > 0);
}

describe('chart', () => {
  it('has room for the names of the lowest and the highest line', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 100 }), fc.integer({ min: 10, max: 24 }), (width, height) => {
        const canvas = Canvas.create(width, height);
        const rules = [1, 1000].map((y) => ({ y, label: `line at ${y}`, style: 'published' as const }));
        const points = Array.from({ length: 200 }, (_, i) => ({ x: i, y: 1.1 * 900 ** (i / 200) }));
        drawChart(canvas, { ...chartOf(points, 'line', 'log'), rules });
        expect(textOf(canvas).join('\n')).toMatch(/line at 1000[\s\S]*line at 1 /);
      }),
    );
  });

  it('names its x axis at any width, beside figures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 160 }), fc.integer({ min: 1, max: 3000 }), (width, last) => {
        const canvas = Canvas.create(width, 12);
        const points = [1, 2].map((y, i) => ({ x: i * last, y }));
        drawChart(canvas, { ...chartOf(points, 'line', 'log'), xFrom: 0 });
        expect(textOf(canvas).at(-1)).toMatch(/^ +0 .* evaluations *$/);
      }),
    );
  });

  it('has at least three figures on a log axis over half a decade and more', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e16, noNaN: true }),
        fc.double({ min: 3.2, max: 1e6, noNaN: true }),
        fc.integer({ min: 18, max: 50 }),
        (low, ratio, height) => {
          const canvas = Canvas.create(60, height);
          const points = [low, low * ratio].map((y, x) => ({ x, y }));
          drawChart(canvas, chartOf(points, 'line', 'log'));
          expect(textOf(canvas).filter((line) => line.includes('┤')).length).toBeGreaterThanOrEqual(3);
        },
      ),
    );
  });

  it('names lines beside each other, never glued together or over data', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 30, max: 100 }),
        fc.integer({ min: 6, max: 24 }),
        (values, width, height) => {
          const canvas = Canvas.create(width, height);
          drawChart(canvas, {
            ...chartOf(
              [
                { x: 1, y: 10 },
                { x: 2, y: 20 },
              ],
              'line',
              'log',
            ),
            rules: values.map((y) => ({ y, label: 'name of it', style: 'published' })),
          });
          const lines = textOf(canvas);
          expect(lines.join('\n')).not.toMatch(/name of it\S|[^\s│┤]name of it/);
          // In a narrower plot the data that cross the line may leave too little on either side.
          if (values.length === 1 && width >= 44) expect(lines.join('\n')).toContain('name of it');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps its size for any points, even those that no axis can show', () => {
    const coordinate = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e300, 1e-300, Number.NaN, Infinity));
    fc.assert(
      fc.property(
        fc.array(fc.record({ x: coordinate, y: coordinate }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 0, max: 24 }),
        fc.constantFrom('linear' as const, 'log' as const),
        (points, width, height, scale) => {
          const canvas = Canvas.create(width, height);
          drawChart(canvas, {
            ...chartOf(points, 'points', scale),
            rules: points.map(({ y }) => ({ y, label: 'baseline', style: 'published' })),
          });
          expect(textOf(canvas).every((line) => line.length === width)).toBe(true);
        },
      ),
    );
  });

  it('draws a falling curve falling: to the right no dot is higher', () => {
    const falls = fc.array(fc.double({ min: 0.5, max: 1, noNaN: true }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(
        falls,
        fc.integer({ min: 20, max: 90 }),
        fc.integer({ min: 6, max: 25 }),
        (factors, width, height) => {
          const points = factors.map((_, x) => ({ x, y: factors.slice(0, x + 1).reduce((a, b) => a * b, 1e18) }));
          for (const mark of ['steps', 'line'] as const) {
            const canvas = Canvas.create(width, height);
            drawChart(canvas, chartOf(points, mark, 'log'));
            const columns = dotColumns(textOf(canvas));
            expect(columns.length).toBeGreaterThan(0);
            for (let i = 1; i < columns.length; i++) {
              expect(Math.min(...columns[i]!)).toBeGreaterThanOrEqual(Math.min(...columns[i - 1]!));
              expect(Math.max(...columns[i]!)).toBeGreaterThanOrEqual(Math.max(...columns[i - 1]!));
            }
          }
        },
      ),
    );
  });

  it('puts equal ratios at equal distances on a log scale', () => {
    const canvas = Canvas.create(60, 42);
    const points = [1e3, 1e4, 1e5, 1e6, 1e7].map((y, x) => ({ x, y }));
    drawChart(canvas, chartOf(points, 'points', 'log'));
    const rows = dotColumns(textOf(canvas)).map((column) => column[0]!);
    const steps = rows.slice(1).map((row, i) => row - rows[i]!);
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
    expect(rows[0]!).toBeGreaterThan(rows.at(-1)!);
  });

  it('labels its axes and its rules', () => {
    const canvas = Canvas.create(60, 12);
    const points = [1e6, 1e4, 1e3].map((y, x) => ({ x: 100 * x, y }));
    drawChart(canvas, {
      ...chartOf(points, 'steps', 'log'),
      rules: [{ y: 2e5, label: 'eyeriss', style: 'published' }],
    });
    const text = textOf(canvas).join('\n');
    for (const label of ['1e6 ┤', '1e5 ┤', '1000 ┤', 'eyeriss', 'evaluations', '100']) expect(text).toContain(label);
  });

  it('tells dots of one character apart', () => {
    expect(DOT_ROWS.reduce((all, row) => all | row, 0)).toBe(0xff);
    const canvas = Canvas.create(14, 8);
    drawChart(
      canvas,
      chartOf(
        [
          { x: 0, y: 1 },
          { x: 1, y: 2 },
        ],
        'points',
        'linear',
      ),
    );
    expect(dotColumns(textOf(canvas)).flat()).toHaveLength(2);
  });
});

describe('bars', () => {
  it('share the cells in proportion, to within one, and use them all', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 200 }), (parts, width) => {
        const total = parts.reduce((sum, part) => sum + part, 0);
        const cells = segmentCells(parts, width);
        if (total > 0) expect(cells.reduce((sum, count) => sum + count, 0)).toBe(width);
        cells.forEach((count, i) => {
          if (total > 0) expect(Math.abs(count - (parts[i]! / total) * width)).toBeLessThan(1.000001);
        });
      }),
    );
  });

  it('fill the meter from empty to full and cut what is beyond', () => {
    const drawn = (share: number) => {
      const canvas = Canvas.create(10, 1);
      drawMeter(canvas, 0, 0, 10, share, 'good');
      return textOf(canvas)[0];
    };
    expect(drawn(0)).toBe('──────────');
    expect(drawn(0.55)).toBe('━━━━━╸────');
    expect(drawn(1)).toBe('━━━━━━━━━━');
    expect(drawn(7)).toBe(drawn(1));
    expect(drawn(-1)).toBe(drawn(0));
  });

  it('leave the rest of a total open', () => {
    const canvas = Canvas.create(10, 1);
    drawStack(
      canvas,
      0,
      0,
      10,
      [
        { value: 2, style: 'level1' },
        { value: 3, style: 'level2' },
      ],
      10,
    );
    expect(canvas.lines()[0]).toEqual([
      { text: '██', style: 'level1' },
      { text: '███', style: 'level2' },
      { text: '·····', style: 'faint' },
    ]);
  });
});
