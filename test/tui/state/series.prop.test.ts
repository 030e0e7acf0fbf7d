import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendToSeries, type BoundedSeries, EMPTY_SERIES, type SeriesMerge } from '../../../src/tui/state/series.ts';

const build = (ys: readonly number[], merge: SeriesMerge, limit: number): BoundedSeries =>
  ys.reduce((series, y, x) => appendToSeries(series, { x, y }, merge, limit), EMPTY_SERIES);

const positives = fc.array(fc.double({ min: 1e-3, max: 1e18, noNaN: true }), { minLength: 1, maxLength: 300 });
const limits = fc.integer({ min: 1, max: 16 }).map((half) => 2 * half);

describe('bounded series', () => {
  it('never holds more points than its limit and always ends at the latest x', () => {
    fc.assert(
      fc.property(
        positives,
        limits,
        fc.constantFrom('latest' as const, 'geometric-mean' as const),
        (ys, limit, merge) => {
          const { points } = build(ys, merge, limit);
          expect(points.length).toBeLessThanOrEqual(limit);
          expect(points.at(-1)!.x).toBe(ys.length - 1);
          for (let i = 1; i < points.length; i++) expect(points[i]!.x).toBeGreaterThan(points[i - 1]!.x);
        },
      ),
    );
  });

  it('keeps the same resolution everywhere: all points but the last stand for stride values', () => {
    fc.assert(
      fc.property(positives, limits, (ys, limit) => {
        const { points, stride, lastCount } = build(ys, 'latest', limit);
        expect(points.slice(0, -1).map(({ x }) => x)).toEqual(points.slice(0, -1).map((_, i) => (i + 1) * stride - 1));
        expect((points.length - 1) * stride + lastCount).toBe(ys.length);
      }),
    );
  });

  it('keeps a monotone curve monotone and its last value', () => {
    fc.assert(
      fc.property(positives, limits, (ys, limit) => {
        const best = ys.map((_, i) => Math.min(...ys.slice(0, i + 1)));
        const { points } = build(best, 'latest', limit);
        for (let i = 1; i < points.length; i++) expect(points[i]!.y).toBeLessThanOrEqual(points[i - 1]!.y);
        expect(points.at(-1)!.y).toBe(best.at(-1));
      }),
    );
  });

  it('merges to the geometric mean of what a point stands for', () => {
    fc.assert(
      fc.property(positives, limits, (ys, limit) => {
        const { points, stride } = build(ys, 'geometric-mean', limit);
        points.forEach(({ y }, i) => {
          const part = ys.slice(i * stride, (i + 1) * stride);
          const mean = part.reduce((sum, value) => sum + Math.log(value), 0) / part.length;
          expect(Math.log(y)).toBeCloseTo(mean, 6);
        });
      }),
    );
  });
});
