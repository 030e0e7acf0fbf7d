import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, FanOut } from '../../../../src/accelerator/accelerator.ts';
import type { LevelConstraint } from '../../../../src/mapping/constraints.ts';
import { UNCONSTRAINED } from '../../../../src/mapping/constraints.ts';
import { spatialSpace } from '../../../../src/search/mapping/space/known-spaces.ts';
import {
  childrenAlong,
  type Factors,
  type SpatialChoice,
} from '../../../../src/search/mapping/space/spatial-choices.ts';
import { SpatialSpace } from '../../../../src/search/mapping/space/spatial-space.ts';
import { product } from '../../../../src/util/integers.ts';
import { DIMS, type Dim, type PerDim, perDim, perTensor } from '../../../../src/util/vocabulary.ts';
import { smallCase } from '../random-mapspace.ts';

const { accelerator: base } = smallCase(1, {
  levels: [2],
  dims: ['K'],
  bounds: [2],
  mostMacs: 2,
  padding: false,
  mostChildren: 2,
});

const fanOuts = fc.record(
  {
    dimensions: fc.array(
      fc.record({
        name: fc.constantFrom('X', 'Y'),
        size: fc.constantFrom(2, 3),
        parallelDims: fc.constantFrom('any', ['K'], ['K', 'C']),
      }),
      { maxLength: 2 },
    ),
    multicast: fc.boolean().map((isShared) => perTensor((tensor) => isShared || tensor === 'Weights')),
    hopEnergyPj: fc.constant(0),
    wires: fc.constantFrom('line', 'tree').map((geometry) => ({ geometry, hopMm: 1, pjPerBitHop: 1, areaMm2: 0 })),
  },
  { requiredKeys: ['dimensions', 'multicast', 'hopEnergyPj'] },
) as fc.Arbitrary<FanOut>;

const accelerators = fc.tuple(fanOuts, fanOuts).map(([outer, inner]): Accelerator => {
  const fanOut = (own: FanOut): FanOut => ({
    ...own,
    dimensions: own.dimensions.map((one, a) => ({ ...one, name: a === 0 ? 'X' : 'Y' })),
  });
  const [first, last] = base.levels;
  return {
    ...base,
    levels: [
      { ...first!, fanOut: fanOut(outer) },
      { ...last!, fanOut: fanOut(inner) },
    ],
  };
});

const constraints = fc.array(
  fc.record(
    {
      temporal: fc.constantFrom({ K: 2 }, { C: 1 }),
      spatialTotal: fc.constantFrom({ K: 2 }, { K: 1 }),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<LevelConstraint>,
  { maxLength: 2 },
);

const questions = fc.record({
  accelerator: accelerators,
  factors: fc.constantFrom<Factors>('perfect', 'imperfect'),
  constraints: constraints.map((levels) => ({ name: 'any', levels })),
  bounds: fc
    .record({ K: fc.integer({ min: 2, max: 5 }), C: fc.constantFrom(2, 4) })
    .map((own) => perDim((dim) => (dim === 'K' || dim === 'C' ? own[dim] : 1))),
});

const stepsOf = (choice: SpatialChoice, bounds: PerDim<number>) =>
  product(DIMS.map((dim, d) => Math.ceil(bounds[dim] / childrenAlong(choice.bounds, d))));

function walked(space: SpatialSpace): SpatialChoice[] {
  const walk = space.walk();
  const found: SpatialChoice[] = [];
  for (let choice = walk.next(); choice !== undefined; choice = walk.next()) found.push(choice);
  return found;
}

const textOf = ({ bounds, loops, hops }: SpatialChoice) => JSON.stringify([[...bounds], loops, [...hops]]);

describe('spatial choices', () => {
  it('are those of the question, whatever was asked before, and the same object when it is asked again', () => {
    fc.assert(
      fc.property(fc.array(questions, { minLength: 2, maxLength: 24 }), (all) => {
        for (const question of all) {
          const asked = spatialSpace(question);
          expect(asked.list).toEqual(new SpatialSpace(question).all());
          expect(spatialSpace({ ...question, accelerator: { ...question.accelerator } })).toBe(asked);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are one list for problems that differ in what no array spreads and nothing fixes', () => {
    const K: Dim[] = ['K'];
    const dimensions = [{ name: 'X', size: 3, parallelDims: K }];
    const fanOut = { ...base.levels[0]!.fanOut, dimensions };
    const accelerator = { ...base, levels: base.levels.map((level) => ({ ...level, fanOut })) };
    const asked = (sizes: Partial<PerDim<number>>, temporal?: Partial<PerDim<number>>) => {
      const levels = temporal === undefined ? [] : [{ temporal }];
      const bounds = perDim((dim) => sizes[dim] ?? 1);
      return spatialSpace({ accelerator, bounds, factors: 'perfect', constraints: { name: 'any', levels } });
    };
    const one = asked({ K: 6, C: 2 });
    expect(asked({ K: 6, C: 4 })).not.toBe(one);
    expect(asked({ K: 6, C: 4 }).list).toBe(one.list);
    expect(asked({ K: 6, C: 4 }).sum((steps) => steps)).toBe(2 * one.sum((steps) => steps));
    expect(asked({ K: 3, C: 2 }).list).not.toEqual(one.list);
    expect(asked({ K: 6, C: 3 }, { C: 2 }).list).toEqual([]);
    expect(asked({ K: 6, C: 2 }, { C: 2 }).list).toEqual(one.list);
  });

  it('are given one by one by ascending steps as they are listed, each once', () => {
    let some = 0;
    fc.assert(
      fc.property(questions, (question) => {
        const space = new SpatialSpace(question, 0);
        const all = space.all();
        const given = walked(space);
        expect(given.map(textOf).sort()).toEqual(all.map(textOf).sort());
        const steps = given.map((choice) => stepsOf(choice, question.bounds));
        expect(steps).toEqual([...steps].sort((a, b) => a - b));
        expect(space.isEmpty).toBe(all.length === 0);
        expect(space.assignments).toBeGreaterThanOrEqual(all.length);
        for (const choice of all) expect(space.has(choice)).toBe(true);
        if (all.length === 0) return;
        some++;
        const foreign = all[0]!.bounds.slice();
        foreign[1]! += 7;
        expect(space.has({ bounds: foreign, hops: all[0]!.hops })).toBe(false);
        const leasts: number[] = [];
        const walk = space.walk();
        for (let least = walk.leastSteps; walk.next() !== undefined; least = walk.leastSteps) leasts.push(least);
        expect(leasts).toEqual(steps);
        expect(walk.leastSteps).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 150 },
    );
    expect(some).toBeGreaterThan(50);
  });

  it('are as many assignments of loops to axes as there are, with what each leaves', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { accelerator, bounds, factors } = question;
        const one = { ...question, constraints: UNCONSTRAINED };
        let count = 0;
        let sum = 0;
        const dims = ['K', 'C', 'N'] as const;
        const axes = accelerator.levels.flatMap(({ fanOut }) => fanOut.dimensions);
        const choose = (a: number, left: Partial<Record<Dim, number>>, d: number, room: number): void => {
          const axis = axes[a];
          if (axis === undefined) {
            count++;
            sum += product(dims.map((dim) => left[dim]! + 1)) * 2 ** (DIMS.length - dims.length);
            return;
          }
          const dim = dims[d];
          if (dim === undefined) {
            choose(a + 1, left, 0, axes[a + 1]?.size ?? 0);
            return;
          }
          const can = axis.parallelDims === 'any' || axis.parallelDims.includes(dim);
          for (let bound = 1; bound <= (can ? Math.min(room, left[dim]!) : 1); bound++) {
            const after = Math.ceil(left[dim]! / bound);
            const fits =
              factors === 'perfect'
                ? left[dim]! % bound === 0
                : bound === 1 || Math.ceil(left[dim]! / (bound - 1)) > after;
            if (fits) choose(a, { ...left, [dim]: after }, d + 1, Math.floor(room / bound));
          }
        };
        choose(0, bounds, 0, axes[0]?.size ?? 0);
        const space = new SpatialSpace(one, 0);
        expect(space.assignments).toBe(count);
        expect(space.sum((steps) => steps + 1)).toBe(sum);
      }),
      { numRuns: 60 },
    );
  });
});
