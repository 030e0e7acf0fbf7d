import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  factorial,
  importancesOfOrder,
  indexOfOrder,
  orderAtIndex,
  orderByImportance,
} from '../../src/optimizers/permutation.ts';

const order = fc.integer({ min: 1, max: 18 }).chain((n) =>
  fc.shuffledSubarray(
    Array.from({ length: n }, (_, i) => i),
    { minLength: n, maxLength: n },
  ),
);

describe('orders', () => {
  it('are numbered lexicographically', () => {
    const all = Array.from({ length: 6 }, (_, index) => orderAtIndex(3, index).join(''));
    expect(all).toEqual(['012', '021', '102', '120', '201', '210']);
  });

  it('survive both encodings, to 18 items', () => {
    fc.assert(
      fc.property(order, (items) => {
        expect(orderAtIndex(items.length, indexOfOrder(items))).toEqual(items);
        expect(orderByImportance(importancesOfOrder(items))).toEqual(items);
        expect(indexOfOrder(items)).toBeLessThan(factorial(items.length));
      }),
    );
    expect(orderAtIndex(18, factorial(18) - 1)).toEqual(Array.from({ length: 18 }, (_, i) => 17 - i));
  });

  it('go by decreasing importance, ties by item', () => {
    expect(orderByImportance([0.2, 0.9, 0.2, 0.5])).toEqual([1, 3, 0, 2]);
  });
});
