import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isotonicFit } from '../../src/accelerator/isotonic.ts';

const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 12 });

/** The same fit by its min-max formula: max over starts, min over ends of the mean of the stretch. */
function byMinMax(input: readonly number[]): number[] {
  const mean = (from: number, to: number) => input.slice(from, to + 1).reduce((a, b) => a + b, 0) / (to - from + 1);
  return input.map((_, i) => {
    let best = -Infinity;
    for (let from = 0; from <= i; from++) {
      let least = Infinity;
      for (let to = i; to < input.length; to++) least = Math.min(least, mean(from, to));
      best = Math.max(best, least);
    }
    return best;
  });
}

describe('isotonic fit', () => {
  it('equals the min-max formula of isotonic regression', () => {
    fc.assert(
      fc.property(values, (input) => {
        const fitted = isotonicFit(input);
        const expected = byMinMax(input);
        expect(fitted).toHaveLength(input.length);
        for (const [i, value] of fitted.entries()) expect(value).toBeCloseTo(expected[i]!, 9);
      }),
    );
  });

  it('leaves non-decreasing values exactly as they are', () => {
    fc.assert(
      fc.property(values, (input) => {
        const sorted = [...input].sort((a, b) => a - b);
        expect(isotonicFit(sorted)).toEqual(sorted);
      }),
    );
  });

  it('pools a fall into its mean', () => {
    expect(isotonicFit([1, 5, 3, 7])).toEqual([1, 4, 4, 7]);
    expect(isotonicFit([])).toEqual([]);
  });
});
