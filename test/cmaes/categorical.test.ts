import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CategoricalModel } from '../../src/cmaes/categorical.ts';
import { Random } from '../../src/util/random.ts';

describe('the categorical distribution', () => {
  it('stays a distribution with every choice possible, whatever is learned', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 }),
        fc.integer(),
        fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), {
          maxLength: 40,
        }),
        (choices, seed, updates) => {
          const model = CategoricalModel.uniform(choices);
          const random = Random.fromSeed(seed);
          for (const weights of updates) {
            model.update(
              Array.from({ length: 4 }, () => model.sample(random)),
              Float64Array.from(weights),
            );
          }
          choices.forEach((count, d) => {
            const row = Array.from({ length: count }, (_, k) => model.probability(d, k));
            expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
            const least = Math.min(1 / count, (1 - 0.73 ** (1 / choices.length)) / Math.max(1, count - 1));
            for (const p of row) expect(p).toBeGreaterThanOrEqual(least * (1 - 1e-9));
          });
        },
      ),
    );
  });

  it('moves towards what had positive weight', () => {
    const model = CategoricalModel.uniform([3, 3]);
    model.update(
      [
        [2, 0],
        [1, 0],
        [0, 0],
      ],
      Float64Array.of(0.8, 0.2, -0.5),
    );
    expect(model.probability(0, 2)).toBeGreaterThan(model.probability(0, 1));
    expect(model.probability(0, 1)).toBeGreaterThan(model.probability(0, 0));
    expect(model.probability(1, 0)).toBeGreaterThan(1 / 3);
    expect(model.probability(1, 1)).toBeCloseTo(model.probability(1, 2), 12);
  });

  it('is sampled with its probabilities', () => {
    const model = CategoricalModel.fromState({
      probabilities: [[0.5, 0.2, 0.3]],
      path: [0, 0],
      inverseRadius: 1,
      gamma: 0,
    });
    const random = Random.fromSeed(7);
    const counts = [0, 0, 0];
    for (let i = 0; i < 20000; i++) counts[model.sample(random)[0]!]!++;
    // Four standard deviations are below 0.015.
    expect(Math.abs(counts[0]! / 20000 - 0.5)).toBeLessThan(0.015);
    expect(Math.abs(counts[1]! / 20000 - 0.2)).toBeLessThan(0.015);
  });
});
