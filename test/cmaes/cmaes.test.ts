import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CmaEs, type CmaEsOptions } from '../../src/cmaes/index.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';
import { ellipsoid, json, runToStop, sphere, step } from './drive.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const MIXED: Omit<CmaEsOptions, 'seed'> = {
  mean: [3, 0.5, 2, 1],
  sigma: 1,
  variables: [
    { kind: 'continuous' },
    { kind: 'continuous', low: 0, high: 1 },
    { kind: 'integer', low: 0, high: 9 },
    { kind: 'integer', low: 0, high: 1 },
  ],
  scales: [1, 0.3, 2, 0.5],
  categories: [3, 4],
};

function mixedObjective(x: readonly number[], choices: readonly number[]): number {
  const [a, b, c, d] = x;
  return (
    a! ** 2 +
    (b! - 1) ** 2 +
    (c! - 7) ** 2 +
    (d! === 1 ? 0 : 1) +
    (choices[0] === 2 ? 0 : 1) +
    (choices[1] === 0 ? 0 : 1)
  );
}

describe('CMA-ES', () => {
  it('continues a saved run as if never stopped, bit for bit, at any point of asking and telling', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom('full' as const, 'diagonal' as const),
        fc.array(fc.integer({ min: 0, max: 17 }), { maxLength: 30 }),
        (seed, covariance, counts) => {
          for (const setup of [MIXED, { mean: [2, 2, 2], sigma: 1 }]) {
            const straight = CmaEs.create({ ...setup, seed, covariance });
            let stopped = CmaEs.create({ ...setup, seed, covariance });
            for (const count of counts) {
              const candidates = straight.ask(count);
              expect(stopped.ask(count)).toEqual(candidates);
              stopped = CmaEs.fromState(json(stopped.getState()));
              const results = candidates.map((candidate) => ({
                candidate,
                value: setup === MIXED ? mixedObjective(candidate.x, candidate.choices ?? []) : sphere(candidate.x),
              }));
              straight.tell(results);
              stopped.tell(json(results));
            }
            expect(json(stopped.getState())).toEqual(json(straight.getState()));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('ends a resumed run at the very evaluation and value of the uninterrupted one', () => {
    const straight = CmaEs.create({ mean: [2, -1, 3, 1], sigma: 1, seed: 5 });
    let stopped = CmaEs.create({ mean: [2, -1, 3, 1], sigma: 1, seed: 5 });
    runToStop(straight, ellipsoid);
    while (stopped.stopReasons().length === 0) {
      step(stopped, ellipsoid);
      stopped = CmaEs.fromState(json(stopped.getState()));
    }
    expect(stopped.evaluations).toBe(straight.evaluations);
    expect(stopped.best).toEqual(straight.best);
    expect(stopped.stopReasons()).toEqual(straight.stopReasons());
  });

  it('continues a saved run between two lazily spaced eigendecompositions', () => {
    const options = { mean: new Array<number>(60).fill(1), sigma: 1, seed: 5, populationSize: 4 };
    const straight = CmaEs.create(options);
    expect(straight.parameters.lazyGap).toBeGreaterThan(1.5);
    let stopped = CmaEs.create(options);
    for (let i = 0; i < 9; i++) {
      step(straight, ellipsoid);
      step(stopped, ellipsoid);
      stopped = CmaEs.fromState(json(stopped.getState()));
    }
    expect(json(stopped.getState())).toEqual(json(straight.getState()));
  });

  it('samples with the mean and covariance it holds', () => {
    const es = CmaEs.create({ mean: [5, 5, 5], sigma: 1, seed: 3 });
    for (let i = 0; i < 30; i++) step(es, ellipsoid);
    const samples = es.ask(20_000).map(({ x }) => x);
    const { matrix } = es.getState().distribution.covariance;
    const { sigma, mean } = es;
    for (let i = 0, next = 0; i < 3; i++) {
      for (let j = 0; j <= i; j++) {
        const expected = sigma ** 2 * matrix[next++]!;
        const actual = samples.reduce((s, x) => s + (x[i]! - mean[i]!) * (x[j]! - mean[j]!), 0) / samples.length;
        const scale = Math.sqrt((es.standardDeviations[i]! * es.standardDeviations[j]!) ** 2);
        expect(Math.abs(actual - expected) / scale).toBeLessThan(0.05);
      }
    }
  });

  it('solves a mixed problem: real, bounded at the optimum, integer, binary, categorical', () => {
    let solved = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const es = CmaEs.create({ ...MIXED, seed, stop: { target: 1e-8, maxEvaluations: 4000 } });
      if (runToStop(es, mixedObjective).includes('target')) solved++;
    }
    expect(solved).toBeGreaterThanOrEqual(19);
  });

  it('solves integer problems where rounding alone freezes: a least spread keeps neighbours reachable', () => {
    let solved = 0;
    const n = 10;
    for (let seed = 1; seed <= 20; seed++) {
      const es = CmaEs.create({
        mean: new Array<number>(n).fill(0.5),
        sigma: 1,
        seed,
        variables: Array.from({ length: n }, (_, i) =>
          i < 5 ? { kind: 'continuous' } : { kind: 'integer', low: 0, high: 1 },
        ),
        stop: { target: 1e-10, maxEvaluations: 15_000 },
      });
      const f = (x: readonly number[]) => ellipsoid(x.slice(0, 5)) + x.slice(5).reduce((s, b) => s + 1 - b, 0);
      if (runToStop(es, f).includes('target')) solved++;
    }
    expect(solved).toBeGreaterThanOrEqual(18);
  });

  it('keeps sampling the neighbours of a settled integer', () => {
    const es = CmaEs.create({
      mean: [1, 1, 2],
      sigma: 1,
      seed: 3,
      variables: [{ kind: 'continuous' }, { kind: 'continuous' }, { kind: 'integer', low: 0, high: 9 }],
    });
    const objective = ([a, b, c]: readonly number[]) => a! ** 2 + b! ** 2 + 100 * (c! - 4) ** 2;
    for (let i = 0; i < 80; i++) step(es, objective);
    expect(es.sigma).toBeLessThan(1e-3);
    let below = 0;
    let above = 0;
    for (let i = 0; i < 400; i++) {
      expect(es.mean[2]).toBe(4);
      const candidates = es.ask();
      below += candidates.filter(({ x }) => x[2]! < 4).length;
      above += candidates.filter(({ x }) => x[2]! > 4).length;
      es.tell(candidates.map((candidate) => ({ candidate, value: objective(candidate.x) })));
    }
    const samples = 400 * es.populationSize;
    for (const neighbours of [below, above]) {
      expect(neighbours / samples).toBeGreaterThan(0.002);
      expect(neighbours / samples).toBeLessThan(0.3);
    }
  });

  it('solves large separable problems with a diagonal covariance', () => {
    const n = 100;
    const es = CmaEs.create({
      mean: new Array<number>(n).fill(1),
      sigma: 0.5,
      seed: 1,
      covariance: 'diagonal',
      stop: { target: 1e-9 },
    });
    expect(runToStop(es, ellipsoid)).toEqual(['target']);
    expect(es.evaluations).toBeLessThan(40_000);
  });

  it('makes use of an injected solution, and is not thrown off by a far one', () => {
    const evaluationsTo = (injection: number[] | undefined) => {
      const es = CmaEs.create({ mean: new Array<number>(8).fill(3), sigma: 0.3, seed: 2, stop: { target: 1e-9 } });
      if (injection !== undefined) {
        es.inject([{ x: injection }]);
        expect(es.ask(1)).toEqual([{ x: injection, choices: [] }]);
        for (let i = 0; i < 10; i++) es.tell([{ candidate: { x: injection }, value: sphere(injection) }]);
      }
      expect(runToStop(es, sphere)).toContain('target');
      return es.evaluations;
    };
    const alone = evaluationsTo(undefined);
    expect(evaluationsTo(new Array<number>(8).fill(0.01))).toBeLessThan(alone);
    expect(evaluationsTo(new Array<number>(8).fill(1e9))).toBeLessThan(1.5 * alone);
  });

  it('does not mind extra candidates, late results or resampling', () => {
    const random = Random.fromSeed(9);
    const es = CmaEs.create({ mean: [3, 3, 3, 3], sigma: 1, seed: 4, stop: { target: 1e-9 } });
    let late = es.ask(3).map((candidate) => ({ candidate, value: sphere(candidate.x) }));
    for (let i = 0; i < 2000 && es.stopReasons().length === 0; i++) {
      const valid = es.ask(5).filter(() => random.nextUnit() < 0.5);
      const results = valid.map((candidate) => ({ candidate, value: sphere(candidate.x) }));
      es.tell([...late, ...results.slice(1)]);
      late = results.slice(0, 1);
    }
    expect(es.stopReasons()).toContain('target');
  });

  it('reports bad values and still converges when half of the space has none', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const es = CmaEs.create({ mean: [1, 1], sigma: 1, seed: 8, stop: { target: 1e-9 } });
      let reported = 0;
      while (es.stopReasons().length === 0) reported += step(es, (x) => (x[0]! < 0 ? bad : sphere(x))).badValues;
      expect(es.stopReasons()).toContain('target');
      expect(reported).toBeGreaterThan(0);
      expect(es.badValues).toBe(reported);
    }
  });

  it('learns from violations: leaves an infeasible start', () => {
    const es = CmaEs.create({ mean: [-20, 0], sigma: 1, seed: 8, stop: { target: 1e-9 } });
    for (let i = 0; i < 400 && es.stopReasons().length === 0; i++) {
      es.tell(
        es.ask().map((candidate) => {
          const violation = Math.max(0, -candidate.x[0]!);
          return { candidate, value: violation > 0 ? Number.NaN : sphere(candidate.x), violation };
        }),
      );
    }
    expect(es.stopReasons()).toContain('target');
    expect(es.best!.violation).toBe(0);
  });

  it('widens on a plateau and moves nowhere when nothing is finite, and says so', () => {
    const flat = CmaEs.create({ mean: [1, 2], sigma: 0.5, seed: 1 });
    expect(step(flat, () => 7)).toEqual({ updates: 1, badValues: 0, uninformative: 1 });
    expect(flat.sigma).toBeGreaterThan(0.5);
    expect(flat.mean).toEqual([1, 2]);
    const bad = CmaEs.create({ mean: [1, 2], sigma: 0.5, seed: 1 });
    expect(step(bad, () => Number.NaN)).toEqual({ updates: 1, badValues: 6, uninformative: 1 });
    expect(bad.sigma).toBe(0.5);
    expect(bad.mean).toEqual([1, 2]);
  });

  it('refuses malformed options, candidates and states', () => {
    const bad: CmaEsOptions[] = [
      { mean: [], sigma: 1, seed: 1 },
      { mean: [Number.NaN], sigma: 1, seed: 1 },
      { mean: [0], sigma: 0, seed: 1 },
      { mean: [0], sigma: 1, seed: 1, scales: [1, 1] },
      { mean: [0], sigma: 1, seed: 1, scales: [-1] },
      { mean: [0], sigma: 1, seed: 1, variables: [] },
      { mean: [0], sigma: 1, seed: 1, categories: [0] },
      { mean: [0], sigma: 1, seed: 1, populationSize: 1 },
    ];
    for (const options of bad) expect(() => CmaEs.create(options)).toThrow(TrifoldError);
    const es = CmaEs.create({ mean: [0, 0], sigma: 1, seed: 1, categories: [2] });
    const before = es.getState();
    const good = es.ask(1)[0]!;
    for (const candidate of [
      { x: [1] },
      { x: [1, Number.NaN], choices: [0] },
      { x: [1, 1], choices: [2] },
      { x: [1, 1] },
    ]) {
      expect(() =>
        es.tell([
          { candidate: good, value: 1 },
          { candidate, value: 1 },
        ]),
      ).toThrow(TrifoldError);
    }
    expect(es.getState()).toEqual({ ...before, random: es.getState().random });
    expect(() => CmaEs.fromState({ ...before, version: 2 as unknown as 1 })).toThrow(TrifoldError);
  });
});
