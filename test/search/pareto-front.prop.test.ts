import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToFront, designFigures } from '../../src/search/pareto-front.ts';
import type { FrontPoint } from '../../src/search/ports.ts';

const design = { processingElements: 8, l1BytesPerPe: 16, l2Bytes: 16, bufferWordsPerCycle: null, axes: [] };
const figure = fc.integer({ min: 1, max: 5 });
const points = fc
  .array(fc.record({ energyPj: figure, cycles: figure, areaMm2: figure }), { maxLength: 25, size: 'max' })
  .map((list) => list.map((figures, trial): FrontPoint => ({ trial, design, ...figures })));

describe('addToFront', () => {
  it('keeps the first of all points that no other covers', () => {
    fc.assert(
      fc.property(points, (list) => {
        const front = list.reduce<readonly FrontPoint[]>((all, point) => addToFront(all, point, designFigures), []);
        const covers = (a: FrontPoint, b: FrontPoint) =>
          a.energyPj <= b.energyPj && a.cycles <= b.cycles && a.areaMm2 <= b.areaMm2;
        const expected = list.filter(
          (point) =>
            !list.some((other) => covers(other, point) && (!covers(point, other) || other.trial < point.trial)),
        );
        expect([...front].sort((a, b) => a.trial - b.trial)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
