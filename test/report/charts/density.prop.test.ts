import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { densityCells, type RasterAxis } from '../../../src/report/charts/density.ts';

const axis = (scale: 'linear' | 'log', cells: number): RasterAxis => ({ domain: [0.5, 40], scale, cells });

describe('raster of points', () => {
  it('counts every point once, in the cell that holds it', () => {
    const value = fc.double({ min: 0.5, max: 40, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 200 }),
        fc.constantFrom('linear' as const, 'log' as const),
        fc.integer({ min: 1, max: 30 }),
        (points, scale, size) => {
          const cells = densityCells(points, axis(scale, size), axis('linear', size + 1));
          expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(points.length);
          expect(cells.length).toBeLessThanOrEqual(Math.min(points.length, size * (size + 1)));
          const slack = 1e-9;
          for (const { x0, x1, y0, y1, count } of cells) {
            const inside = points.filter(
              ([x, y]) => x >= x0 - slack && x <= x1 + slack && y >= y0 - slack && y <= y1 + slack,
            );
            expect(inside.length).toBeGreaterThanOrEqual(count);
          }
        },
      ),
    );
  });

  it('has cells that tile the domain', () => {
    const points = Array.from(
      { length: 4000 },
      (_, i) => [0.5 + (39.5 * (i % 63)) / 62, 0.5 + (39.5 * (i % 61)) / 60] as const,
    );
    const cells = densityCells(points, axis('log', 6), axis('linear', 5));
    const edges = [...new Set(cells.flatMap(({ x0, x1 }) => [x0.toFixed(9), x1.toFixed(9)]))];
    expect(edges).toHaveLength(7);
    expect(Math.min(...cells.map(({ x0 }) => x0))).toBeCloseTo(0.5, 12);
    expect(Math.max(...cells.map(({ x1 }) => x1))).toBeCloseTo(40, 9);
  });
});
