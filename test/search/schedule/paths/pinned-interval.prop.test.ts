import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitInterval } from '../../../../src/search/schedule/pinned-interval.ts';

const intervals = fc
  .tuple(fc.nat(1000), fc.nat(1e6), fc.nat(1e6), fc.integer({ min: 1, max: 9 }))
  .map(([low, beyond, more, unitBits]) => ({
    interval: { low: low * unitBits, high: (low + 1 + beyond) * unitBits + more, bound: 7 },
    pinnedBits: (low + 1 + beyond) * unitBits,
    unitBits,
  }));

describe('intervals of pinned bits', () => {
  // Killed by: parts that share their border or leave it out, a part without the interval's bound, halving alone.
  it('are cut into parts that leave nothing out, either of which says more of a path', () => {
    let near = 0;
    fc.assert(
      fc.property(intervals, ({ interval, pinnedBits, unitBits }) => {
        const [below, above] = splitInterval(interval, pinnedBits, unitBits);
        expect(below).toMatchObject({ low: interval.low, high: above!.low - 1, bound: interval.bound });
        expect(above).toMatchObject({ high: interval.high, bound: interval.bound });
        // The path is none of those below; above it has less room, at least half way to what its own pins leave.
        expect(above!.low).toBeGreaterThan(interval.low);
        expect(above!.low).toBeLessThanOrEqual(pinnedBits);
        expect(above!.low % unitBits).toBe(0);
        expect(2 * (above!.low - interval.low)).toBeGreaterThanOrEqual(pinnedBits - interval.low);
        if (above!.low === pinnedBits && pinnedBits > interval.low + 1) near++;
      }),
      { numRuns: 300 },
    );
    expect(near).toBeGreaterThan(10);
  });
});
