import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fullBound } from '../../src/mapping/array-room.ts';
import { ceilDiv } from '../../src/util/integers.ts';

const rooms = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 });

/** Products of all legal bounds, one per room, each no larger than what the ones before leave of the dim. */
function products(bound: number, [room, ...rest]: readonly number[], isPerfect: boolean): number[] {
  if (room === undefined) return [1];
  const own = Array.from({ length: Math.min(room, bound) }, (_, i) => i + 1);
  return own
    .filter((one) => !isPerfect || bound % one === 0)
    .flatMap((one) => products(ceilDiv(bound, one), rest, isPerfect).map((other) => one * other));
}

it('is the largest product of legal bounds; with imperfect factors the least that covers the dim', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), rooms, (bound, free) => {
      expect(fullBound(bound, free, 'perfect')).toBe(Math.max(...products(bound, free, true)));
      const all = products(bound, free, false);
      const covering = all.filter((one) => one >= bound);
      const least = covering.length > 0 ? Math.min(...covering) : Math.max(...all);
      expect(fullBound(bound, free, 'imperfect')).toBe(least);
    }),
    { numRuns: 300 },
  );
});
