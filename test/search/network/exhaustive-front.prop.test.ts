import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccuracyCosts,
  accuracyFront,
  cheapestAbove,
  hypervolume,
  nadir,
} from '../../../src/search/network/exhaustive-front.ts';

/** Few distinct figures, so that ties are common; NaN stands for a network without a figure. */
const figures = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 40, max: 52 }) },
        { weight: 1, arbitrary: fc.constant(Number.NaN) },
      ),
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 12 }) },
        { weight: 1, arbitrary: fc.constant(Number.NaN) },
      ),
    ),
    { maxLength: 40 },
  )
  .map((list) => ({ accuracy: list.map(([a]) => a), cost: list.map(([, c]) => c) }));

const known = ({ accuracy, cost }: AccuracyCosts): number[] =>
  Array.from({ length: cost.length }, (_, i) => i).filter((i) => !Number.isNaN(accuracy[i]! + cost[i]!));

/** Whether a is at least as good as b in both figures, and not the same. */
function beats({ accuracy, cost }: AccuracyCosts, a: number, b: number): boolean {
  return (
    accuracy[a]! >= accuracy[b]! &&
    cost[a]! <= cost[b]! &&
    (accuracy[a]! > accuracy[b]! || cost[a]! < cost[b]! || a < b)
  );
}

describe('front of accuracy against cost', () => {
  it('equals the comparison of all pairs; of equal networks the first stands', () => {
    fc.assert(
      fc.property(figures, (networks) => {
        const all = known(networks);
        const expected = all.filter((i) => !all.some((other) => other !== i && beats(networks, other, i)));
        expect([...accuracyFront(networks)].sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('descends in accuracy and in cost', () => {
    fc.assert(
      fc.property(figures, (networks) => {
        const front = accuracyFront(networks);
        for (const [k, i] of front.entries()) {
          const next = front[k + 1];
          if (next === undefined) break;
          expect(networks.accuracy[next]!).toBeLessThan(networks.accuracy[i]!);
          expect(networks.cost[next]!).toBeLessThan(networks.cost[i]!);
        }
      }),
    );
  });
});

describe('cheapest network above a floor', () => {
  it('is on the front, keeps the floor, and no network that keeps it is cheaper', () => {
    fc.assert(
      fc.property(figures, fc.integer({ min: 38, max: 54 }), (networks, floor) => {
        const kept = known(networks).filter((i) => networks.accuracy[i]! >= floor);
        const best = cheapestAbove(networks, floor);
        if (kept.length === 0) expect(best).toBeNull();
        else {
          expect(kept).toContain(best);
          expect(networks.cost[best!]).toBe(Math.min(...kept.map((i) => networks.cost[i]!)));
          expect(accuracyFront(networks)).toContain(best);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('hypervolume', () => {
  it('equals the sum over unit steps of accuracy of the best cost there', () => {
    fc.assert(
      fc.property(figures, (networks) => {
        const corner = { accuracy: 39, cost: 13 };
        let expected = 0;
        for (let step = 40; step <= 52; step++) {
          const best = cheapestAbove(networks, step);
          if (best !== null) expected += Math.log(13) - Math.log(networks.cost[best]!);
        }
        expect(hypervolume(networks, corner)).toBeCloseTo(expected, 9);
      }),
    );
  });

  it('never shrinks with another network, and counts nothing beyond the corner', () => {
    fc.assert(
      fc.property(figures, (networks) => {
        const corner = { accuracy: 45, cost: 6 };
        const part = { accuracy: networks.accuracy.slice(1), cost: networks.cost.slice(1) };
        expect(hypervolume(networks, corner)).toBeGreaterThanOrEqual(hypervolume(part, corner) - 1e-9);
      }),
    );
    expect(hypervolume({ accuracy: [45, 60], cost: [1, 6] }, { accuracy: 45, cost: 6 })).toBe(0);
  });

  it('has its corner at the ends of the front', () => {
    expect(nadir({ accuracy: [3, Number.NaN, 1, 2], cost: [8, 9, 4, 7] })).toEqual({ accuracy: 1, cost: 8 });
    expect(nadir({ accuracy: [3, 1], cost: [4, 9] })).toEqual({ accuracy: 3, cost: 4 });
    expect(nadir({ accuracy: [Number.NaN], cost: [1] })).toBeNull();
  });
});
