import { describe, expect, it } from 'vitest';
import { Evolution } from '../../src/optimizers/evolution.ts';
import { RandomSearch } from '../../src/optimizers/random-search.ts';
import type { Point, Space } from '../../src/optimizers/space.ts';
import { TrifoldError } from '../../src/util/errors.ts';

const CHOICES: Space = Array.from({ length: 20 }, (_, i) => ({ kind: 'categorical', name: `c${i}`, choices: 5 }));

function wrongChoices(point: Point): number {
  return point.reduce((sum: number, value, i) => sum + (value === (i * 7) % 5 ? 0 : 1), 0);
}

describe('evolution', () => {
  it('solves a separable categorical problem, 20 choices of 5, in at least 18 of 20 seeds within 1500 evaluations', () => {
    let solved = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const evolution = Evolution.create(CHOICES, { seed });
      while (evolution.evaluations < 1500 && evolution.best()?.value !== 0) {
        evolution.tell(evolution.ask(10).map((candidate) => ({ candidate, value: wrongChoices(candidate.point) })));
      }
      if (evolution.best()?.value === 0) solved++;
    }
    expect(solved).toBeGreaterThanOrEqual(18);
    const random = RandomSearch.create(CHOICES, { seed: 1 });
    random.tell(random.ask(1500).map((candidate) => ({ candidate, value: wrongChoices(candidate.point) })));
    expect(random.best()!.value).toBeGreaterThan(4);
  });

  it('keeps only distinct points, the best first, as many as the population holds', () => {
    const evolution = Evolution.create(CHOICES, { seed: 2, populationSize: 5 });
    const [first, ...others] = evolution.ask(12);
    evolution.tell([first!, first!, ...others].map((candidate, i) => ({ candidate, value: 100 - i })));
    const values = evolution.getState().population.map(({ value }) => value);
    expect(values).toEqual([88, 89, 90, 91, 92]);
  });

  it('refuses options out of range', () => {
    expect(() => Evolution.create(CHOICES, { seed: 1, populationSize: 1 })).toThrow(TrifoldError);
    expect(() => Evolution.create(CHOICES, { seed: 1, tournamentSize: 0.5 })).toThrow(TrifoldError);
    expect(() => Evolution.create(CHOICES, { seed: 1, mutationRate: 1.5 })).toThrow(TrifoldError);
  });
});
