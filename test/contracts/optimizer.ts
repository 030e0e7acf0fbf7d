import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, injectedCandidate, type Optimizer, type Result } from '../../src/optimizers/optimizer.ts';
import { samplePoint } from '../../src/optimizers/sampling.ts';
import { type Dimension, type Point, pointFault, type Space } from '../../src/optimizers/space.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';

/** One implementation of the contract. */
export interface OptimizerUnderTest<State> {
  readonly name: string;
  create(space: Space, seed: number): Optimizer<State>;
  fromState(state: State): Optimizer<State>;
  /** Evaluations within which it must reach the optimum of {@link bowl} on {@link EASY_SPACE} to 0.1; absent for those that do not learn. */
  readonly easyBudget?: number;
}

/** A small space with every kind of dimension. */
export const EASY_SPACE: Space = [
  { kind: 'continuous', name: 'width', low: -2, high: 6 },
  { kind: 'integer', name: 'size', low: 8, high: 120, step: 8 },
  { kind: 'categorical', name: 'colour', choices: 4 },
  { kind: 'permutation', name: 'order', length: 4, encoding: 'importance' },
  { kind: 'permutation', name: 'index', length: 3, encoding: 'index' },
];

/** An objective on any space: distance of every value to one that depends on the dimension. Optimum about 0. */
export function bowl(space: Space, point: Point): number {
  let total = 0;
  space.forEach((dimension, i) => {
    const value = point[i]!;
    if (typeof value !== 'number') {
      value.forEach((item, place) => {
        total += Math.abs(item - (value.length - 1 - place));
      });
    } else if (dimension.kind === 'categorical') total += value === i % dimension.choices ? 0 : 1;
    else if (dimension.kind !== 'permutation') {
      const share = (value - dimension.low) / Math.max(1e-9, dimension.high - dimension.low);
      const grid = dimension.kind === 'integer' ? dimension.step / Math.max(1e-9, dimension.high - dimension.low) : 0;
      total += 10 * Math.max(0, Math.abs(share - 0.3) - grid / 2);
    }
  });
  return total;
}

const dimension: fc.Arbitrary<Dimension> = fc.oneof(
  fc.record({
    kind: fc.constant('continuous' as const),
    name: fc.constant('x'),
    low: fc.integer({ min: -1000, max: 1000 }).map((v) => v / 7),
    high: fc.integer({ min: 1001, max: 3000 }).map((v) => v / 7),
  }),
  fc.record({
    kind: fc.constant('integer' as const),
    name: fc.constant('i'),
    low: fc.integer({ min: -50, max: 50 }),
    high: fc.integer({ min: 50, max: 200 }),
    step: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({
    kind: fc.constant('categorical' as const),
    name: fc.constant('c'),
    choices: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({
    kind: fc.constant('permutation' as const),
    name: fc.constant('p'),
    length: fc.integer({ min: 1, max: 7 }),
    encoding: fc.constantFrom('importance' as const, 'index' as const),
  }),
);

/** Random small spaces over all kinds of dimensions. */
export const spaces: fc.Arbitrary<Space> = fc.array(dimension, { minLength: 1, maxLength: 6 });

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const SPECIAL_VALUES = [Number.NaN, Number.POSITIVE_INFINITY, 1e300, 0];

function evaluate(space: Space, candidates: readonly Candidate[]): Result[] {
  return candidates.map((candidate) => {
    const special = candidate.id % 7 === 3 ? SPECIAL_VALUES[(candidate.id >> 3) % SPECIAL_VALUES.length] : undefined;
    const value = special ?? bowl(space, candidate.point);
    return candidate.id % 5 === 1 ? { candidate, value, violation: (candidate.id % 3) / 2 } : { candidate, value };
  });
}

function json<T>(value: T): T {
  // What JSON.parse gives back for plain JSON is of the type that was written.
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Runs the contract of {@link Optimizer} on one implementation. */
export function describeOptimizerContract<State>(subject: OptimizerUnderTest<State>): void {
  describe(`${subject.name} keeps the optimizer contract`, () => {
    it('asks any number of legal, JSON-plain candidates with consecutive ids', () => {
      fc.assert(
        fc.property(
          spaces,
          seeds,
          fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 6 }),
          (space, seed, counts) => {
            const optimizer = subject.create(space, seed);
            let next = 0;
            for (const count of counts) {
              const candidates = optimizer.ask(count);
              expect(candidates).toHaveLength(count);
              for (const candidate of candidates) {
                expect(candidate.id).toBe(next++);
                expect(pointFault(space, candidate.point)).toBeUndefined();
                expect(json(candidate)).toEqual(candidate);
              }
              optimizer.tell(evaluate(space, candidates));
            }
            expect(optimizer.ask()).toHaveLength(optimizer.batchSize);
          },
        ),
        { numRuns: 40 },
      );
    });

    it('continues from a saved state as if never stopped, bit for bit', () => {
      fc.assert(
        fc.property(
          spaces,
          seeds,
          fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.boolean()), { minLength: 2, maxLength: 10 }),
          (space, seed, steps) => {
            const straight = subject.create(space, seed);
            let stopped = subject.create(space, seed);
            for (const [count, save] of steps) {
              const candidates = straight.ask(count);
              expect(stopped.ask(count)).toEqual(candidates);
              if (save) stopped = subject.fromState(json(stopped.getState()));
              straight.tell(evaluate(space, candidates));
              stopped.tell(evaluate(space, json(candidates)));
              if (save) stopped = subject.fromState(json(stopped.getState()));
            }
            expect(json(stopped.getState())).toEqual(json(straight.getState()));
            expect(stopped.best()).toEqual(straight.best());
          },
        ),
        { numRuns: 40 },
      );
    });

    it('learns the same however told results are batched', () => {
      fc.assert(
        fc.property(
          spaces,
          seeds,
          fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }),
          (space, seed, cuts) => {
            const atOnce = subject.create(space, seed);
            const inParts = subject.create(space, seed);
            const count = cuts.reduce((a, b) => a + b, 0);
            const results = evaluate(space, atOnce.ask(count));
            inParts.ask(count);
            atOnce.tell(results);
            let from = 0;
            for (const cut of cuts) {
              inParts.tell(results.slice(from, from + cut));
              from += cut;
            }
            expect(inParts.getState()).toEqual(atOnce.getState());
          },
        ),
        { numRuns: 40 },
      );
    });

    it('depends on the seed and on nothing else', () => {
      const space: Space = [{ kind: 'continuous', name: 'x', low: 0, high: 1 }];
      expect(subject.create(space, 4).ask(5)).toEqual(subject.create(space, 4).ask(5));
      expect(subject.create(space, 4).ask(5)).not.toEqual(subject.create(space, 5).ask(5));
    });

    it('forgets candidates that are never told', () => {
      const optimizer = subject.create(EASY_SPACE, 3);
      const size = JSON.stringify(optimizer.getState()).length;
      for (let i = 0; i < 50; i++) optimizer.ask(20);
      expect(JSON.stringify(optimizer.getState()).length).toBeLessThan(size + 100);
      expect(optimizer.evaluations).toBe(0);
      expect(optimizer.best()).toBeUndefined();
    });

    it('remembers the best: least violation, then least value, first told', () => {
      const optimizer = subject.create(EASY_SPACE, 3);
      const [a, b, c, d, e] = optimizer.ask(5);
      optimizer.tell([{ candidate: a!, value: Number.NaN }]);
      expect(optimizer.best()?.point).toEqual(a!.point);
      optimizer.tell([{ candidate: b!, value: -5, violation: 2 }]);
      expect(optimizer.best()?.point).toEqual(a!.point);
      optimizer.tell([
        { candidate: c!, value: Number.POSITIVE_INFINITY },
        { candidate: d!, value: 7 },
        { candidate: e!, value: 7 },
      ]);
      expect(optimizer.best()).toEqual({ point: d!.point, value: 7, violation: 0 });
      expect(optimizer.evaluations).toBe(5);
    });

    it('takes points it did not ask for', () => {
      fc.assert(
        fc.property(spaces, seeds, (space, seed) => {
          const optimizer = subject.create(space, seed);
          const random = Random.fromSeed(seed);
          const results = Array.from({ length: 30 }, (_, i) => ({
            candidate: injectedCandidate(samplePoint(space, random)),
            value: i,
          }));
          optimizer.tell(results);
          expect(optimizer.best()?.point).toEqual(results[0]!.candidate.point);
          for (const candidate of optimizer.ask(10)) expect(pointFault(space, candidate.point)).toBeUndefined();
        }),
        { numRuns: 30 },
      );
    });

    it('survives results that are all the same or all bad', () => {
      for (const value of [3, Number.NaN, Number.POSITIVE_INFINITY]) {
        const optimizer = subject.create(EASY_SPACE, 1);
        for (let i = 0; i < 60; i++) optimizer.tell(optimizer.ask().map((candidate) => ({ candidate, value })));
        for (const candidate of optimizer.ask(20)) expect(pointFault(EASY_SPACE, candidate.point)).toBeUndefined();
      }
    });

    it('refuses a batch with a point outside the space and learns nothing of it', () => {
      const optimizer = subject.create(EASY_SPACE, 1);
      const [good] = optimizer.ask(1);
      const before = optimizer.getState();
      const outside = injectedCandidate([...good!.point.slice(0, 2), 4, ...good!.point.slice(3)]);
      expect(() =>
        optimizer.tell([
          { candidate: good!, value: 1 },
          { candidate: outside, value: 1 },
        ]),
      ).toThrow(TrifoldError);
      expect(optimizer.getState()).toEqual(before);
      expect(() => subject.create([], 1)).toThrow(TrifoldError);
    });

    it('refuses a state that is not its own', () => {
      const state = { ...json(subject.create(EASY_SPACE, 1).getState()), kind: 'other' };
      expect(() => subject.fromState(state)).toThrow(TrifoldError);
    });

    const { easyBudget } = subject;
    it.skipIf(easyBudget === undefined)('finds the optimum of an easy mixed problem', () => {
      let found = 0;
      for (let seed = 1; seed <= 10; seed++) {
        const optimizer = subject.create(EASY_SPACE, seed);
        while (optimizer.evaluations < easyBudget!) {
          const batch = optimizer.ask();
          optimizer.tell(batch.map((candidate) => ({ candidate, value: bowl(EASY_SPACE, candidate.point) })));
          if (optimizer.best()!.value < 0.1) break;
        }
        if (optimizer.best()!.value < 0.1) found++;
      }
      expect(found).toBeGreaterThanOrEqual(9);
    });
  });
}
