import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CmaEs, RestartingCmaEs } from '../../src/cmaes/index.ts';
import { afterRun, budgetOf, initialSchedule, nextRun } from '../../src/cmaes/restart-schedule.ts';
import { Random } from '../../src/util/random.ts';
import { json, runToStop, sphere, step } from './drive.ts';

function rastrigin(x: readonly number[]): number {
  return x.reduce((sum, v) => sum + 10 + v * v - 10 * Math.cos(2 * Math.PI * v), 0);
}

describe('restarts', () => {
  it('solve Rastrigin in 5 dimensions, where a single run rarely does', () => {
    for (const policy of ['ipop', 'bipop'] as const) {
      let solved = 0;
      for (let seed = 1; seed <= 10; seed++) {
        const es = RestartingCmaEs.create({
          mean: new Array<number>(5).fill(2),
          sigma: 1,
          seed,
          policy,
          variables: Array.from({ length: 5 }, () => ({ kind: 'continuous', low: -5, high: 5 })),
          stop: { target: 1e-8, maxEvaluations: 120_000 },
        });
        if (runToStop(es, rastrigin).includes('target')) solved++;
      }
      expect(solved).toBeGreaterThanOrEqual(9);
    }
  });

  it('double the population under IPOP and end after the allowed number', () => {
    const es = RestartingCmaEs.create({
      mean: [1, 1],
      sigma: 1,
      seed: 1,
      policy: 'ipop',
      maxRestarts: 3,
      stop: { maxGenerations: 4 },
    });
    expect(runToStop(es, sphere)).toEqual(['maxRestarts']);
    expect(es.finishedRuns.map(({ populationSize }) => populationSize)).toEqual([6, 12, 24, 48]);
    expect(es.finishedRuns.map(({ reasons }) => reasons)).toEqual(new Array(4).fill(['maxGenerations']));
    expect(es.evaluations).toBe(4 * (6 + 12 + 24 + 48));
    step(es, sphere);
    expect(es.populationSize).toBe(48);
  });

  it('share evaluations between small and large runs under BIPOP', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 100, max: 5000 }), { minLength: 30, maxLength: 60 }),
        (seed, lengths) => {
          const random = Random.fromSeed(seed);
          let schedule = afterRun(initialSchedule(8), 'first', 500);
          let large = 8;
          for (const length of lengths) {
            const plan = nextRun(schedule, 'bipop', random);
            schedule = plan.schedule;
            if (plan.regime === 'large') {
              large *= 2;
              expect(plan.populationSize).toBe(large);
              expect(schedule.smallEvaluations).toBeGreaterThanOrEqual(schedule.largeEvaluations);
              expect(budgetOf(plan)).toBeNull();
            } else {
              expect(plan.populationSize).toBeGreaterThanOrEqual(4);
              expect(plan.populationSize).toBeLessThanOrEqual(Math.max(8, large / 2));
              expect(plan.sigmaFactor > 0.01 && plan.sigmaFactor <= 1).toBe(true);
              expect(budgetOf(plan)).toBe(Math.floor(schedule.lastLargeEvaluations / 2));
              expect(schedule.smallEvaluations).toBeLessThan(schedule.largeEvaluations);
            }
            schedule = afterRun(schedule, plan.regime, Math.min(length, budgetOf(plan) ?? length));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('continue a saved search across restarts, bit for bit', () => {
    for (const policy of ['ipop', 'bipop'] as const) {
      const create = () =>
        RestartingCmaEs.create({
          mean: [3, 3],
          sigma: 1,
          seed: 12,
          policy,
          maxRestarts: 4,
          stop: { maxGenerations: 9 },
        });
      const straight = create();
      let stopped = create();
      runToStop(straight, rastrigin);
      while (stopped.stopReasons().length === 0) {
        step(stopped, rastrigin);
        stopped = RestartingCmaEs.fromState(json(stopped.getState()));
      }
      expect(straight.finishedRuns.length).toBeGreaterThan(4);
      expect(json(stopped.getState())).toEqual(json(straight.getState()));
    }
  });

  it('count late results of an earlier run without letting them steer the new one', () => {
    const create = () =>
      RestartingCmaEs.create({ mean: [3, 3], sigma: 1, seed: 2, policy: 'ipop', stop: { maxGenerations: 2 } });
    const es = create();
    const late = es.ask(1)[0]!;
    step(es, sphere);
    step(es, sphere);
    expect(es.finishedRuns).toHaveLength(1);
    const before = es.getState();
    es.tell([{ candidate: late, value: -1 }]);
    expect(es.best!.value).toBe(-1);
    expect(es.evaluations).toBe(before.evaluations + 1);
    expect(es.getState().run).toEqual(before.run);
  });

  it('run each restart as a plain CMA-ES', () => {
    const es = RestartingCmaEs.create({
      mean: [3, 3],
      sigma: 1,
      seed: 2,
      policy: 'ipop',
      stop: { maxGenerations: 20 },
    });
    while (es.finishedRuns.length === 0) step(es, rastrigin);
    const plain = CmaEs.fromState(json(es.getState().run));
    for (let i = 0; i < 10; i++) {
      step(es, rastrigin);
      step(plain, rastrigin);
    }
    expect(json(es.getState().run)).toEqual(json(plain.getState()));
  });

  it('hand out injected points in the current run', () => {
    const es = RestartingCmaEs.create({ mean: [3, 3], sigma: 1, seed: 2, policy: 'ipop' });
    es.inject([{ x: [0, 0] }]);
    const [first] = es.ask(2);
    expect(first!.x).toEqual([0, 0]);
    expect(es.tell([{ candidate: first!, value: Number.NaN }])).toEqual({ updates: 0, badValues: 1, uninformative: 0 });
  });
});
