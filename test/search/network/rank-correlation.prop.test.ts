import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../../src/search/network/rank-correlation.ts';

/** Tau-b by looking at every pair. */
function naiveTau(x: readonly number[], y: readonly number[]): number {
  let balance = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const dx = Math.sign(x[i]! - x[j]!);
      const dy = Math.sign(y[i]! - y[j]!);
      balance += dx * dy;
      untiedX += dx * dx;
      untiedY += dy * dy;
    }
  return balance / Math.sqrt(untiedX * untiedY);
}

/** Rank = 1 + figures below + half of the other equal ones. */
function naiveRank(figures: readonly number[]): number[] {
  return figures.map(
    (one) =>
      1 + figures.filter((other) => other < one).length + (figures.filter((other) => other === one).length - 1) / 2,
  );
}

function naivePearson(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (p: readonly number[], mp: number, q: readonly number[], mq: number) =>
    p.reduce((sum, value, i) => sum + (value - mp) * (q[i]! - mq), 0);
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
}

function expectEqual(actual: number, expected: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(actual).toBeCloseTo(expected, 12);
}

const pairs = (figure: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(figure, figure), { minLength: 2, maxLength: 60, size: 'max' }).map((list) => ({
    x: list.map(([a]) => a),
    y: list.map(([, b]) => b),
  }));

describe('rank correlation', () => {
  it('equals the count over all pairs, with many ties and with few', () => {
    fc.assert(
      fc.property(
        fc.oneof(pairs(fc.integer({ min: 0, max: 4 })), pairs(fc.double({ noNaN: true, min: -1e9, max: 1e9 }))),
        ({ x, y }) => {
          const { kendallTau, spearmanRho } = rankCorrelation(x, y);
          expectEqual(kendallTau, naiveTau(x, y));
          expectEqual(spearmanRho, naivePearson(naiveRank(x), naiveRank(y)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('sees ranks only, is symmetric and changes sign with the order', () => {
    fc.assert(
      fc.property(pairs(fc.integer({ min: -50, max: 50 })), ({ x, y }) => {
        const { kendallTau, spearmanRho } = rankCorrelation(x, y);
        const stretched = rankCorrelation(
          x.map((value) => Math.exp(value / 10)),
          y.map((value) => value ** 3),
        );
        expectEqual(stretched.kendallTau, kendallTau);
        expectEqual(stretched.spearmanRho, spearmanRho);
        expectEqual(rankCorrelation(y, x).kendallTau, kendallTau);
        expectEqual(
          rankCorrelation(
            x,
            y.map((value) => -value),
          ).kendallTau,
          -kendallTau,
        );
      }),
    );
  });

  it('is 1 for equal orders, -1 for opposite ones and refuses what cannot be compared', () => {
    expect(rankCorrelation([1, 2, 5], [10, 20, 21])).toEqual({ kendallTau: 1, spearmanRho: 1 });
    expect(rankCorrelation([1, 2, 5], [3, 2, 1])).toEqual({ kendallTau: -1, spearmanRho: -1 });
    expect(rankCorrelation([1, 1], [1, 2]).kendallTau).toBeNaN();
    expect(() => rankCorrelation([1], [1, 2])).toThrow(RangeError);
    expect(() => rankCorrelation([1, Number.NaN], [1, 2])).toThrow(RangeError);
  });
});
