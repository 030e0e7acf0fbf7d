import { describe, expect, it } from 'vitest';
import { minimize } from '../../src/cmaes/index.ts';
import { sphere } from './drive.ts';

describe('minimize', () => {
  it('runs to a stopping criterion and says which', () => {
    const calls: number[] = [];
    const result = minimize(
      (x) => {
        calls.push(sphere(x));
        return sphere(x);
      },
      { mean: [1, 2, 3], sigma: 1, seed: 1, stop: { target: 1e-6 } },
    );
    expect(result.reasons).toEqual(['target']);
    expect(result.value).toBe(Math.min(...calls));
    expect(sphere(result.x)).toBe(result.value);
    expect(result.evaluations).toBe(calls.length);
  });

  it('restarts when given a policy', () => {
    const result = minimize((x, choices) => sphere(x) + 1 + choices[0]!, {
      mean: [1, 2],
      sigma: 1,
      seed: 1,
      categories: [2],
      policy: 'bipop',
      maxRestarts: 1,
      stop: { maxGenerations: 30 },
    });
    expect(result.reasons).toEqual(['maxRestarts']);
    expect(result.value).toBeLessThan(1.1);
    expect(result.choices).toEqual([0]);
  });
});
