import { describe, expect, it } from 'vitest';
import { CmaSearch } from '../../src/optimizers/cma-search.ts';
import type { Space } from '../../src/optimizers/space.ts';
import { EASY_SPACE } from '../contracts/optimizer.ts';

describe('CMA-ES on a search space', () => {
  it('learns from the sample itself, not from the rounded point', () => {
    const search = CmaSearch.create(EASY_SPACE, { seed: 1 });
    const [candidate] = search.ask(1);
    search.tell([{ candidate: candidate!, value: 3, violation: 0.5 }]);
    const { strategy } = search.getState();
    const pending = strategy.kind === 'cmaes' ? strategy.pending[0] : undefined;
    expect(pending).toMatchObject({ ...candidate!.trace, value: 3, violation: 0.5 });
  });

  it('starts in the middle, or where it is told, with the given spread', () => {
    const space: Space = [
      { kind: 'continuous', name: 'x', low: 10, high: 30 },
      { kind: 'integer', name: 'i', low: 0, high: 100, step: 1 },
    ];
    const stats = (search: CmaSearch, i: number) => {
      const values = search.ask(4000).map(({ point }) => Number(point[i]));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return { mean, deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) };
    };
    const middle = CmaSearch.create(space, { seed: 1, sigma: 0.05 });
    expect(stats(middle, 0).mean).toBeCloseTo(20, 0);
    expect(stats(middle, 0).deviation).toBeCloseTo(1, 1);
    expect(stats(middle, 1).mean).toBeCloseTo(50, 0);
    expect(stats(middle, 1).deviation / 5).toBeCloseTo(1, 1);
    const placed = CmaSearch.create(space, { seed: 1, sigma: 0.05, start: [15, 80] });
    expect(stats(placed, 0).mean).toBeCloseTo(15, 0);
    expect(stats(placed, 1).mean).toBeCloseTo(80, 0);
  });

  it('gives the reasons of the strategy', () => {
    const search = CmaSearch.create(EASY_SPACE, { seed: 1, stop: { maxEvaluations: 3 } });
    search.tell(search.ask(2).map((candidate) => ({ candidate, value: 1 })));
    expect(search.stopReasons()).toEqual([]);
    search.tell(search.ask(1).map((candidate) => ({ candidate, value: 1 })));
    expect(search.stopReasons()).toEqual(['maxEvaluations']);
  });
});
