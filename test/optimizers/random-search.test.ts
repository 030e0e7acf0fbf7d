import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomSearch } from '../../src/optimizers/random-search.ts';
import { type Point, pointFault, type Space } from '../../src/optimizers/space.ts';

const SPACE: Space = [
  { kind: 'continuous', name: 'x', low: -2, high: 6 },
  { kind: 'integer', name: 'level', low: 1, high: 9, step: 2 },
  { kind: 'permutation', name: 'order', length: 4, encoding: 'importance' },
];
const POINT: Point = [5, 1, [0, 1, 2, 3]];

describe('random search with a neighbourhood', () => {
  it('samples the stated share of the continuous values around the point, all others uniformly', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0, 0.3, 0.8, 1), (seed, share) => {
        const near = { point: POINT, share, deviation: 0.02 };
        const points = RandomSearch.create(SPACE, { seed, near })
          .ask(800)
          .map(({ point }) => point);
        for (const point of points) expect(pointFault(SPACE, point)).toBeUndefined();
        const within = points.filter(([x]) => typeof x === 'number' && Math.abs(x - 5) < 0.8).length / 800;
        expect(Math.abs(within - (share + (1 - share) * 0.2))).toBeLessThan(0.1);
        const lowest = points.filter(([, level]) => level === 1).length / 800;
        expect(Math.abs(lowest - 0.2)).toBeLessThan(0.1);
        expect(new Set(points.map(([, , order]) => JSON.stringify(order))).size).toBeGreaterThan(20);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on from its state', () => {
    const search = RandomSearch.create(SPACE, { seed: 3, near: { point: POINT, share: 0.5, deviation: 0.1 } });
    search.ask(7);
    const resumed = RandomSearch.fromState(JSON.parse(JSON.stringify(search.getState())));
    expect(resumed.ask(20)).toEqual(search.ask(20));
  });
});
