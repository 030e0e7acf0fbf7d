import { describe, expect, it } from 'vitest';
import type { Space } from '../../../src/optimizers/space.ts';
import {
  connectivityOf,
  createOptimizer,
  loserRule,
  restoreOptimizer,
} from '../../../src/search/accelerator/strategies.ts';
import { STRATEGIES } from '../../../src/search/accelerator/strategy-names.ts';

const space: Space = [
  { kind: 'continuous', name: 'a', low: 0, high: 1 },
  { kind: 'continuous', name: 'b', low: 0, high: 1 },
];
const settings = { seed: 1, populationSize: 6, active: false };

/** Tells values 1, 2, ... to fresh candidates. */
function told(strategy: (typeof STRATEGIES)[number], count: number, active = false) {
  const optimizer = createOptimizer(strategy, space, { ...settings, active });
  optimizer.tell(optimizer.ask(count).map((candidate, i) => ({ candidate, value: i + 1 })));
  return optimizer.getState();
}

describe('loserRule', () => {
  it('keeps the parents of CMA-ES: half of the population', () => {
    for (const strategy of ['naas', 'naas-index', 'sizing'] as const)
      expect(loserRule(told(strategy, 6), 1)).toEqual({ parents: 3 });
  });

  it('needs every rank when losers have negative weights', () => {
    expect(loserRule(told('naas', 6, true), 1)).toEqual({});
  });

  it('lets random search forget what is worse than the best', () => {
    expect(loserRule(told('random', 6), undefined)).toEqual({ parents: 1 });
    expect(loserRule(told('random', 6), 0.7)).toEqual({ parents: 1, cutoff: 0.7 });
  });

  it('lets evolution forget what is worse than its whole population, once that is full', () => {
    expect(loserRule(told('evolution', 11), 1)).toEqual({});
    expect(loserRule(told('evolution', 12), 1)).toEqual({ cutoff: 12 });
    expect(loserRule(told('evolution', 20), 1)).toEqual({ cutoff: 12 });
  });
});

describe('strategies', () => {
  it('go on from their state', () => {
    for (const strategy of STRATEGIES) {
      const state = told(strategy, 13);
      const ask = () => restoreOptimizer(JSON.parse(JSON.stringify(state))).ask(5);
      expect(ask()).toEqual(ask());
      expect(restoreOptimizer(state).evaluations).toBe(13);
    }
  });

  it('name their encodings', () => {
    expect(STRATEGIES.map(connectivityOf)).toEqual(['importance', 'index', 'fixed', 'importance', 'importance']);
  });
});
