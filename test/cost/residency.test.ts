import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../src/cost/kernel/kernel.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import { checkMapping, storedWordBits } from '../../src/mapping/legality.ts';
import { isPerfect } from '../../src/mapping/nest.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { perTensor, TENSORS } from '../../src/util/vocabulary.ts';
import { tensorWords } from '../../src/workload/problem.ts';
import { NO_MOVES, type Residency } from '../../src/workload/residency.ts';
import { EXACT, feasible, TIMELOOP, TIMELOOP_2023 } from './agreement.ts';
import { costCase } from './arbitraries.ts';
import { anyResidentCase, type ResidentCase, residentCase } from './residency-arbitraries.ts';

const CASES = costCase({ imperfect: true, padding: true, maxMacs: 150 });

function withResidency(sampled: ResidentCase, change: Partial<Residency>): ResidentCase {
  return { ...sampled, layer: { ...sampled.layer, residency: { ...sampled.layer.residency, ...change } } };
}

function evaluate({ layer, accelerator, mapping }: ResidentCase) {
  return feasible(evaluateReference(layer, accelerator, mapping, EXACT));
}

describe('where operands are', () => {
  it('in the outermost level, nothing changes but the room', () => {
    fc.assert(
      fc.property(residentCase(CASES), (sampled) => {
        const { layer, accelerator, mapping } = withResidency(sampled, {
          ...{ weights: false, inputs: false, outputs: 'outermost', roomBits: null, moves: NO_MOVES },
        });
        const levels = accelerator.levels.map((level) => ({ ...level, capacity: { kind: 'unlimited' as const } }));
        const { residency: _, ...alone } = layer;
        expect(evaluateReference(layer, accelerator, mapping, EXACT)).toEqual(
          evaluateReference(alone, { ...accelerator, levels }, mapping, EXACT),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('in place asks for complete words exactly where they are narrower than partial sums and come back', () => {
    const seen = { legal: 0, broken: 0 };
    fc.assert(
      fc.property(anyResidentCase(CASES), (any) => {
        const sampled = withResidency(any, { outputs: 'in-place', roomBits: null });
        const { layer, accelerator, mapping } = sampled;
        const { level } = layer.residency;
        const levels = mapping.levels.map((own, index) =>
          index > 0 && index < level
            ? { ...own, keep: own.keep.filter((tensor) => tensor !== 'Outputs') }
            : index === level && !own.keep.includes('Outputs')
              ? { ...own, keep: [...own.keep, 'Outputs' as const] }
              : own,
        );
        const width = storedWordBits(accelerator.levels[level]!, layer, 'Outputs');
        const wide = { ...withResidency(sampled, { activationBits: width }), mapping: { levels } };
        const narrow = { ...withResidency(sampled, { activationBits: width - 1 }), mapping: { levels } };
        // As wide as partial sums, any number of arrivals is legal.
        const { updates } = evaluate(wide).levels[level]!.home!;
        const times = updates / tensorWords(layer.problem, 'Outputs');
        const complete = checkMapping(narrow.layer, accelerator, narrow.mapping);
        if (times === 1) {
          seen.legal++;
          expect(complete).toEqual([]);
          return;
        }
        seen.broken++;
        expect(complete.map(({ rule }) => rule)).toEqual(['complete']);
        const { excess } = complete[0]!;
        if (isPerfect(narrow.mapping, layer.problem.bounds)) expect(excess).toBe(times - 1);
        else expect(excess).toBeGreaterThanOrEqual(times - 1);
      }),
      { numRuns: 200 },
    );
    expect(Math.min(seen.legal, seen.broken)).toBeGreaterThan(25);
  });

  it('staged costs at least as much as in place, at the same width, and keeps the rest of the levels as they are', () => {
    fc.assert(
      fc.property(residentCase(CASES), (any) => {
        const { level } = any.layer.residency;
        if (!any.mapping.levels[level]!.keep.includes('Outputs') || any.layer.residency.outputs === 'outermost') return;
        const roomy = withResidency(any, { roomBits: null });
        const activationBits = storedWordBits(any.accelerator.levels[level]!, any.layer, 'Outputs');
        const inPlace = evaluate(withResidency(roomy, { outputs: 'in-place', activationBits }));
        const staged = evaluate(withResidency(roomy, { outputs: 'staged', activationBits }));
        expect(staged.energyPj).toBeGreaterThanOrEqual(inPlace.energyPj);
        expect(staged.cycles).toBeGreaterThanOrEqual(inPlace.cycles);
        for (const [index, { tensors }] of staged.levels.entries())
          if (index !== level) expect(tensors).toEqual(inPlace.levels[index]!.tensors);
        expect(staged.levels[level]!.tensors.Outputs.updates).toBe(inPlace.levels[level]!.home!.updates);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is retained', () => {
  const DEEP = residentCase(CASES).filter(({ layer: { residency } }) => residency.level > 1);

  it('passes levels that must keep it otherwise, and may not be kept there', () => {
    fc.assert(
      fc.property(DEEP, (sampled) => {
        const { layer, accelerator, mapping } = sampled;
        const { level, weights, inputs, outputs } = layer.residency;
        const levels = accelerator.levels.map((own, index) =>
          index > 0 && index < level ? { ...own, mustKeep: TENSORS } : own,
        );
        const keep = [weights ? [] : ['Weights'], inputs ? [] : ['Inputs'], outputs === 'outermost' ? ['Outputs'] : []];
        const passing = mapping.levels.map((own, index) =>
          index > 0 && index < level ? { ...own, keep: TENSORS.filter((tensor) => keep.flat().includes(tensor)) } : own,
        );
        expect(checkMapping(layer, { ...accelerator, levels }, { levels: passing })).toEqual([]);
        const everywhere = passing.map((own, index) => (index < level ? { ...own, keep: TENSORS } : own));
        const broken = checkMapping(layer, accelerator, { levels: everywhere });
        expect(broken.map(({ rule }) => rule)).toEqual(
          Array.from({ length: (level - 1) * (3 - keep.flat().length) }, () => 'keep'),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('must be kept in its level, staged Outputs apart', () => {
    fc.assert(
      fc.property(residentCase(CASES), ({ layer, accelerator, mapping }) => {
        const { level, weights, inputs, outputs } = layer.residency;
        const levels = mapping.levels.map((own, index) => (index === level ? { ...own, keep: [] } : own));
        const broken = checkMapping(layer, accelerator, { levels });
        const asked = Number(weights) + Number(inputs) + Number(outputs === 'in-place');
        expect(broken.filter(({ rule }) => rule === 'keep')).toHaveLength(asked);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a residency that the model does not know is refused', () => {
  const sampled = fc.sample(residentCase(CASES), { numRuns: 1, seed: 1 })[0]!;
  const { layer, accelerator, mapping } = sampled;
  const { level } = layer.residency;
  const changed = (change: object) => ({
    ...accelerator,
    levels: accelerator.levels.map((own, index) => (index === level ? { ...own, ...change } : own)),
  });
  const parts = { kind: 'partitioned', bits: perTensor(() => 8) };
  it.each([
    ["under Timeloop's rule", layer, accelerator, TIMELOOP, 'rule of reuse'],
    ["under Timeloop's rule of 2023", layer, accelerator, TIMELOOP_2023, 'rule of reuse'],
    ['in a level with parts', layer, changed({ capacity: parts }), EXACT, 'partitioned'],
    ['in a level with two instances', layer, changed({ instances: 2 }), EXACT, 'more than one instance'],
    ['in the outermost level', withResidency(sampled, { level: 0 }).layer, accelerator, EXACT, 'no level 0'],
    ['in a level that is not there', withResidency(sampled, { level: 9 }).layer, accelerator, EXACT, 'no level 9'],
  ])('%s', (_, shape, hardware, options, message) => {
    for (const run of [
      () => compileKernel(shape, hardware, options),
      () => evaluateReference(shape, hardware, mapping, options),
    ]) {
      expect(run).toThrow(TrifoldError);
      expect(run).toThrow(expect.objectContaining({ code: 'unsupported', headline: expect.stringContaining(message) }));
    }
  });
});
