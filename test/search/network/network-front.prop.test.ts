import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccuracyPoint } from '../../../src/search/found-network.ts';
import {
  type AccuracyCosts,
  accuracyFront,
  cheapestAbove,
  frontVolume,
  hypervolume,
  mergeFront,
  nadir,
} from '../../../src/search/network/network-front.ts';

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
    { maxLength: 40, size: 'max' },
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

describe('front of a co-search', () => {
  const pointAt = (networks: AccuracyCosts, trial: number): AccuracyPoint => {
    const top1Percent = networks.accuracy[trial]!;
    const accuracy = {
      kind: 'estimate',
      top1Percent,
      reportedTop1Percent: top1Percent,
      errorPoints: null,
      source: 'made up',
      inDomain: true,
      saturated: false,
      notes: [],
    } as const;
    const network = { space: 'made up', key: `${trial}`, genes: {}, accuracy, macs: 1, parameters: 1 };
    return { trial, network, energyPj: 1, cycles: 1, edpPjCycles: networks.cost[trial]!, areaMm2: 1 };
  };

  it('is the front of all points, in whatever parts they come', () => {
    fc.assert(
      fc.property(figures, fc.nat(40), (networks, cut) => {
        const all = known(networks);
        const points = all.map((i) => pointAt(networks, i));
        const merged = mergeFront(mergeFront([], points.slice(0, cut)), points.slice(cut));
        expect(merged.map(({ trial }) => trial)).toEqual(accuracyFront(networks));
        const corner = { accuracy: 39, cost: 13 };
        expect(frontVolume(points, corner)).toBeCloseTo(hypervolume(networks, corner), 9);
      }),
      { numRuns: 300 },
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
