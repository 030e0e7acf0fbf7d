import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundHeap } from '../../../../src/search/mapping/bounds/bound-heap.ts';

describe('heap of bounds', () => {
  it('gives items by ascending bound, equal bounds by ascending item', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (bounds) => {
        const heap = new BoundHeap();
        for (const [item, bound] of bounds.entries()) heap.push(item, bound);
        const expected = bounds.map((_, item) => item).sort((a, b) => bounds[a]! - bounds[b]! || a - b);
        for (const item of expected) {
          expect(heap.leastBound).toBe(bounds[item]);
          expect(heap.pop()).toBe(item);
        }
        expect(heap.leastBound).toBe(Number.POSITIVE_INFINITY);
        expect(heap.pop()).toBe(-1);
      }),
    );
  });
});
