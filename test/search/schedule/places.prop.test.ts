import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesKey, type WayPlace } from '../../../src/search/schedule/places.ts';

const place = fc.constantFrom<WayPlace>('streamed', 'held', 'whole', 'tile', 'partial', 'drained', 'open');

describe('keys of places', () => {
  // Kills: two places with one letter, which would give segments the steps of others.
  it('are equal for equal places in the same order alone, of all operands or of some', () => {
    const pairs = fc.integer({ min: 1, max: 3 }).chain((count) => {
      const places = fc.array(place, { minLength: count, maxLength: count });
      return fc.tuple(places, places);
    });
    fc.assert(
      fc.property(pairs, fc.nat(2), ([one, other], operand) => {
        expect(placesKey(one) === placesKey(other)).toBe(one.join() === other.join());
        const some = [operand % one.length];
        expect(placesKey(one, some) === placesKey(other, some)).toBe(one[some[0]!] === other[some[0]!]);
      }),
      { numRuns: 500 },
    );
  });
});
