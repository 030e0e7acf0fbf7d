import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, FanOut } from '../../../../src/accelerator/accelerator.ts';
import type { LevelConstraint } from '../../../../src/mapping/constraints.ts';
import { withFixedBounds } from '../../../../src/search/mapping/space/fixed-bounds.ts';
import { constrainedChoices } from '../../../../src/search/mapping/space/known-choices.ts';
import { type Factors, spatialChoices } from '../../../../src/search/mapping/space/spatial-choices.ts';
import { perDim, perTensor } from '../../../../src/util/vocabulary.ts';
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

describe('lists of spatial choices that are kept', () => {
  it('are those of the question, whatever was asked before, and the same object when it is asked again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(accelerators, fc.constantFrom<Factors>('perfect', 'imperfect'), constraints, fc.nat(3)), {
          minLength: 2,
          maxLength: 24,
        }),
        (questions) => {
          for (const [accelerator, factors, levels, k] of questions) {
            const bounds = perDim((dim) => (dim === 'K' ? 2 + k : dim === 'C' ? 4 : 1));
            const stated = { name: 'any', levels };
            const spread = spatialChoices(accelerator, bounds, factors, stated);
            const made = withFixedBounds(spread, bounds, accelerator.levels.length, factors, stated);
            const asked = constrainedChoices(accelerator, bounds, factors, stated);
            expect(asked).toEqual(made);
            expect(constrainedChoices({ ...accelerator }, { ...bounds }, factors, stated)).toBe(asked);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
