import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, labelWidth, placeLabels } from '../../../src/report/charts/point-labels.ts';

const SIZE = { width: 600, height: 300, fontSize: 11 };
const point = fc.record({
  x: fc.double({ min: 0, max: SIZE.width, noNaN: true }),
  y: fc.double({ min: 0, max: SIZE.height, noNaN: true }),
  radius: fc.double({ min: 3, max: 12, noNaN: true }),
  text: fc.string({ minLength: 1, maxLength: 20 }),
});

function boxOf(
  { x, y, text }: { x: number; y: number; text: string },
  { align, dx, dy }: { align: string; dx: number; dy: number },
): Box {
  const width = labelWidth(text, SIZE.fontSize);
  const left = x + dx - (align === 'left' ? 0 : align === 'right' ? width : width / 2);
  return { left, right: left + width, top: y + dy - SIZE.fontSize / 2, bottom: y + dy + SIZE.fontSize / 2 };
}

describe('labels of points', () => {
  it('lie inside the plot, over no mark, no reserved place and no other label', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), fc.integer({ min: 0, max: 8 }), (points, most) => {
        const taken = [{ left: 450, right: 600, top: 0, bottom: 30 }];
        const places = placeLabels(points, { ...SIZE, most, taken });
        expect(places.length).toBeLessThanOrEqual(most);
        const boxes = places.map((place) => boxOf(points[place.index]!, place));
        const marks = points.map(({ x, y, radius: r }) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r }));
        for (const [i, a] of boxes.entries()) {
          expect(
            a.left >= -1e-9 && a.right <= SIZE.width + 1e-9 && a.top >= -1e-9 && a.bottom <= SIZE.height + 1e-9,
          ).toBe(true);
          for (const b of [...boxes.slice(i + 1), ...marks, ...taken]) {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            expect(Math.min(across, down)).toBeLessThanOrEqual(1e-9);
          }
        }
      }),
    );
  });

  it('go to the first points of a list, all of them where there is room', () => {
    const points = [1, 2, 3, 4].map((i) => ({ x: 100, y: 60 * i, radius: 5, text: `layer ${i}` }));
    const labelled = (most: number) => placeLabels(points, { ...SIZE, most, taken: [] }).map(({ index }) => index);
    expect(labelled(9)).toEqual([0, 1, 2, 3]);
    expect(labelled(2)).toEqual([0, 1]);
  });
});
