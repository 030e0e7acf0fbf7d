import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNCONSTRAINED } from '../../../../src/mapping/constraints.ts';
import { checkMapping } from '../../../../src/mapping/legality.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { DIMS, TENSORS } from '../../../../src/util/vocabulary.ts';
import { type SmallCaseOptions, smallCase } from '../random-mapspace.ts';
import { type SmallStep, withResidency } from '../random-residency.ts';

const OPTIONS: SmallCaseOptions = {
  levels: [2, 3],
  dims: ['K', 'C', 'P'],
  bounds: [2, 3],
  mostMacs: 12,
  padding: false,
  mostChildren: 2,
};

const cases = fc.tuple(fc.nat(1e9), fc.boolean()).map(([seed, isStep]) => {
  const own = smallCase(seed, OPTIONS);
  return isStep ? withResidency(own, seed) : own;
});

/** Every choice of kept tensors that no rule of legality forbids, as text. */
function legalChoices({ layer, accelerator }: ReturnType<typeof smallCase>): string[] {
  const count = accelerator.levels.length;
  const legal: string[] = [];
  for (let bits = 0; bits < 8 ** count; bits++) {
    const keep = accelerator.levels.map((_, level) => Math.floor(bits / 8 ** level) % 8);
    const levels = keep.map((kept, level) => ({
      temporal: level === 0 ? DIMS.map((dim) => ({ dim, bound: layer.problem.bounds[dim] })) : [],
      spatial: [],
      keep: TENSORS.filter((_, t) => ((kept >> t) & 1) !== 0),
      noMulticast: [],
    }));
    if (checkMapping(layer, accelerator, { levels }).every(({ rule }) => rule !== 'keep')) legal.push(keep.join());
  }
  return legal.sort();
}

describe('choices of kept tensors', () => {
  it('are all that the rules of legality allow, each once', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const mapspace = makeMapspace(one);
        if (mapspace.feasible) {
          expect(
            mapspace.keeps
              .all()
              .map((keep) => keep.join())
              .sort(),
          ).toEqual(legalChoices(one));
          expect(mapspace.keeps.count).toBe(mapspace.keeps.all().length);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are none, with the reason, where operands are to stay in a level that cannot hold them, or constraints keep them elsewhere', () => {
    const step = withResidency(smallCase(1, { ...OPTIONS, levels: [3] }), 1);
    const at = (level: number): SmallStep => ({
      ...step,
      layer: { ...step.layer, residency: { ...step.layer.residency, level, inputs: true, roomBits: null } },
      accelerator: {
        ...step.accelerator,
        levels: step.accelerator.levels.map((one, index) => ({
          ...one,
          instances: 1,
          fanOut: { ...one.fanOut, dimensions: [] },
          capacity: { kind: 'unlimited' },
          mustKeep: index === 0 ? TENSORS : [],
          mayKeep: index === 2 ? ['Weights', 'Outputs'] : TENSORS,
        })),
      },
    });
    expect(makeMapspace(at(2))).toMatchObject({ reason: 'L2, where Inputs are to stay, cannot hold them' });
    const constraints = { ...UNCONSTRAINED, levels: [{}, { keep: ['Weights'] as const }] };
    expect(makeMapspace({ ...at(1), constraints })).toMatchObject({
      reason: 'the constraints keep Weights at L1, which must keep Inputs too',
    });
    const open = at(2);
    const levels = open.accelerator.levels.map((level) => ({ ...level, mayKeep: TENSORS }));
    expect(
      makeMapspace({
        ...open,
        accelerator: { ...open.accelerator, levels },
        constraints: { ...UNCONSTRAINED, levels: [{}, { keep: ['Weights', 'Inputs'] }] },
      }),
    ).toMatchObject({ reason: 'the constraints keep Weights, Inputs at L1, but Inputs stay at L2' });
  });
});
