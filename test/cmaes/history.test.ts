import { describe, expect, it } from 'vitest';
import { ValueHistory } from '../../src/cmaes/history.ts';
import { rankOrder } from '../../src/cmaes/ranking.ts';
import { json } from './drive.ts';

function population(entries: readonly (readonly [value: number, violation: number])[]) {
  return entries.map(([value, violation]) => ({ x: [0], choices: [], latent: [0], generation: 0, value, violation }));
}

describe('the history of values', () => {
  it('keeps best, median and spread of each generation; infeasible and NaN count as Infinity', () => {
    const history = ValueHistory.empty();
    const feasible = population([
      [4, 0],
      [1, 0],
      [7, 0],
    ]);
    history.record(feasible, rankOrder(feasible), 10);
    expect([history.best, history.median, history.lastSpread]).toEqual([[1], [4], 6]);
    const mixed = population([
      [3, 0],
      [-9, 1],
      [Number.NaN, 0],
    ]);
    history.record(mixed, rankOrder(mixed), 10);
    expect(history.best).toEqual([1, 3]);
    expect(history.median[1]).toBe(Number.POSITIVE_INFINITY);
    expect(history.lastSpread).toBe(Number.POSITIVE_INFINITY);
    const infeasible = population([
      [-9, 1],
      [-8, 2],
    ]);
    history.record(infeasible, rankOrder(infeasible), 10);
    expect(history.best[2]).toBe(Number.POSITIVE_INFINITY);
    expect(ValueHistory.fromState(json(history.getState())).getState()).toEqual(history.getState());
  });

  it('forgets what is older than asked for, not before twice that', () => {
    const history = ValueHistory.empty();
    for (let i = 0; i < 9; i++) {
      const generation = population([[i, 0]]);
      history.record(generation, [0], 4);
      expect(history.best.length).toBe(i < 8 ? i + 1 : 4);
    }
    expect(history.best).toEqual([5, 6, 7, 8]);
  });
});
