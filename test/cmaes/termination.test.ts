import { describe, expect, it } from 'vitest';
import { CmaEs, type CmaEsOptions, type StopOptions } from '../../src/cmaes/index.ts';
import { historyWindow, medianOf } from '../../src/cmaes/termination.ts';
import { Random } from '../../src/util/random.ts';
import { runToStop, sphere } from './drive.ts';

/** Everything off. */
const NEVER: StopOptions = {
  target: null,
  maxEvaluations: null,
  maxGenerations: null,
  tolFun: null,
  tolX: null,
  tolUpSigma: null,
  conditionCov: null,
  flatGenerations: null,
  equalFunValues: false,
  stagnation: false,
  noEffect: false,
};

function reasons(
  stop: Partial<StopOptions>,
  f: (x: readonly number[]) => number,
  options: Partial<CmaEsOptions> = {},
  limit = 3000,
): readonly string[] {
  const es = CmaEs.create({ mean: [1, 1], sigma: 1, seed: 1, ...options, stop: { ...NEVER, ...stop } });
  return runToStop(es, f, limit);
}

describe('the window of equal values', () => {
  it('is 10 + ceil(30 n / lambda), with integers counted four times', () => {
    expect(historyWindow(20, 0, 12)).toBe(60);
    expect(historyWindow(20, 20, 12)).toBe(210);
    expect(historyWindow(20, 12, 12)).toBe(150);
  });
});

describe('termination', () => {
  it('never comes with all criteria off', () => {
    expect(reasons({}, sphere, {}, 1000)).toEqual([]);
  });

  it('target', () => {
    expect(reasons({ target: 1e-3 }, sphere)).toEqual(['target']);
  });

  it('maxEvaluations and maxGenerations, on the dot', () => {
    const es = CmaEs.create({ mean: [1, 1], sigma: 1, seed: 1, stop: { maxEvaluations: 20, maxGenerations: 4 } });
    es.tell(es.ask(19).map((candidate) => ({ candidate, value: sphere(candidate.x) })));
    expect(es.stopReasons()).toEqual([]);
    es.tell(es.ask(1).map((candidate) => ({ candidate, value: sphere(candidate.x) })));
    expect(es.stopReasons()).toEqual(['maxEvaluations']);
    es.tell(es.ask(4).map((candidate) => ({ candidate, value: sphere(candidate.x) })));
    expect(es.stopReasons()).toEqual(['maxEvaluations', 'maxGenerations']);
  });

  it('tolFun: values that no longer differ', () => {
    expect(reasons({ tolFun: 1e-9 }, (x) => 3 + sphere(x))).toEqual(['tolFun']);
  });

  it('equalFunValues: a best value that never changes', () => {
    let calls = 0;
    expect(reasons({ equalFunValues: true, tolFun: 1e-9 }, () => calls++ % 2)).toEqual(['equalFunValues']);
  });

  it('tolX: steps that vanish', () => {
    expect(reasons({ tolX: 1e-6 }, (x) => 1e30 * sphere(x))).toEqual(['tolX']);
  });

  it('tolX: not while the covariance path is still long', () => {
    const state = CmaEs.create({ mean: [1, 1], sigma: 1, seed: 1, stop: { ...NEVER, tolX: 1e-3 } }).getState();
    const reasonsFor = (path: readonly number[]) => {
      const distribution = { ...state.distribution, sigma: 5e-4, covariancePath: path };
      const es = CmaEs.fromState({ ...state, distribution });
      es.tell(es.ask().map((candidate, i) => ({ candidate, value: i })));
      return es.stopReasons();
    };
    expect(reasonsFor([0, 0])).toEqual(['tolX']);
    expect(reasonsFor([0, 11])).toEqual([]);
  });

  it('tolUpSigma: steps that explode', () => {
    expect(reasons({ tolUpSigma: 1e3 }, (x) => -x[0]!)).toEqual(['tolUpSigma']);
  });

  it('stagnation: noise', () => {
    const random = Random.fromSeed(1);
    expect(reasons({ stagnation: true }, () => random.nextUnit())).toEqual(['stagnation']);
    expect(reasons({ stagnation: true, target: 1e-200 }, sphere)).toEqual(['target']);
  });

  it('conditionCov: axes of very different length', () => {
    expect(reasons({ conditionCov: 1e8 }, (x) => 1e16 * x[0]! ** 2 + x[1]! ** 2)).toEqual(['conditionCov']);
  });

  it('noEffectCoord and noEffectAxis: steps below the resolution of the mean', () => {
    const found = reasons({ noEffect: true }, (x) => x[1]! ** 2, { mean: [1e18, 1] }, 50);
    expect(found).toContain('noEffectCoord');
    const both = reasons({ noEffect: true }, (x) => x[1]!, { mean: [1e18, 1e18] }, 50);
    expect(both).toEqual(['noEffectAxis', 'noEffectCoord']);
  });

  it('flatFitness and noFiniteValues: generation after generation without information', () => {
    expect(reasons({ flatGenerations: 5 }, () => 2)).toEqual(['flatFitness']);
    expect(reasons({ flatGenerations: 5 }, () => Number.POSITIVE_INFINITY)).toEqual(['noFiniteValues']);
    const es = CmaEs.create({ mean: [1, 1], sigma: 1, seed: 1, stop: { ...NEVER, flatGenerations: 5 } });
    runToStop(es, () => Number.NaN, 4);
    expect(es.stopReasons()).toEqual([]);
  });

  it('has defaults under which every simple run ends with a reason', () => {
    const functions = [
      sphere,
      () => 1,
      () => Number.NaN,
      (x: readonly number[]) => x[0]!,
      (x: readonly number[]) => Math.floor(sphere(x)),
    ];
    for (const f of functions) {
      expect(runToStop(CmaEs.create({ mean: [3, 3, 3], sigma: 1, seed: 6 }), f, 5000).length).toBeGreaterThan(0);
    }
  });
});

describe('medianOf', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(medianOf([3, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 2, 3])).toBe(2.5);
    expect(medianOf([])).toBeNaN();
  });
});
