import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greatestCommonDivisor } from '../../src/util/integers.ts';
import { commonWords, usedWords } from '../../src/workload/used-words.ts';

/** The words that a tile uses, one by one. */
function listed(stride: number, dilation: number, outputs: number, filters: number): Set<number> {
  const words = new Set<number>();
  for (let p = 0; p < outputs; p++) for (let r = 0; r < filters; r++) words.add(stride * p + dilation * r);
  return words;
}

const step = fc.integer({ min: 1, max: 6 });
const extent = fc.integer({ min: 1, max: 9 });
const place = fc.integer({ min: -12, max: 40 });

describe('words that a tile of an axis uses', () => {
  it('are as many as its set has', () => {
    fc.assert(
      fc.property(step, step, extent, extent, (stride, dilation, outputs, filters) => {
        expect(usedWords(stride, dilation, outputs, filters)).toBe(listed(stride, dilation, outputs, filters).size);
      }),
      { numRuns: 2000 },
    );
  });

  it('are common to two tiles as those of their sets are', () => {
    let common = 0;
    fc.assert(
      fc.property(
        fc
          .record({ stride: step, dilation: step })
          .filter((axis) => greatestCommonDivisor(axis.stride, axis.dilation) === 1),
        fc.tuple(extent, extent, extent, extent),
        fc.tuple(place, place, place),
        (axis, [outputs, filters, otherOutputs, otherFilters], [move, from, to]) => {
          const { stride, dilation } = axis;
          const other = listed(stride, dilation, otherOutputs, otherFilters);
          const both = [...listed(stride, dilation, outputs, filters)].filter((word) => other.has(word - move));
          if (both.length > 1) common++;
          const within = both.filter((word) => word >= from && word < to).length;
          const count = (lowest: number, behind: number) =>
            commonWords(axis, outputs, filters, otherOutputs, otherFilters, move, lowest, behind);
          expect(count(from, to)).toBe(within);
          expect(count(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(both.length);
        },
      ),
      { numRuns: 4000 },
    );
    expect(common).toBeGreaterThan(500);
  });
});
