import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mappingsOfKinds, stepMappings } from '../../../src/formats/schedule/step-mappings.ts';
import type { Mapping } from '../../../src/mapping/mapping.ts';
import type { MacStep, SegmentPlan, VectorStep } from '../../../src/schedule/step-kind.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { NO_MOVES } from '../../../src/workload/residency.ts';

const shape: MacStep['shape'] = {
  problem: makeProblem({ name: 'l', bounds: { K: 2 } }),
  wordBits: { Weights: 8, Inputs: 8, Outputs: 8 },
};

function mac(operator: number): MacStep {
  return {
    kind: 'mac',
    ...{ count: 1, operator, fixedBits: 0, fixed: [], moves: NO_MOVES },
    ...{ shape, weights: false, inputs: false, outputs: false, activationBits: 8, resumes: false, fused: [] },
  };
}

function vector(operator: number): VectorStep {
  const words = { words: 1, wordBits: 8, home: 0 };
  return {
    kind: 'vector',
    ...{ count: 1, operator, fixedBits: 0, fixed: [], moves: NO_MOVES },
    ...{ extents: [1, 1, 1, 1], load: { reads: [words], written: words, work: { simple: 1, special: 0 } }, fused: [] },
  };
}

/** Every iteration runs operators 0, 1, 2, each as one of its kinds; the second is no layer. Kinds come as they first run. */
const plans = fc.array(fc.tuple(fc.nat(2), fc.nat(1), fc.nat(2)), { minLength: 1, maxLength: 8 }).map((chosen) => {
  const keys = new Map<string, number>();
  const kinds: (MacStep | VectorStep)[] = [];
  const steps = chosen.flatMap((variants, iteration) =>
    variants.map((variant, operator) => {
      const key = `${operator} ${variant}`;
      if (!keys.has(key)) {
        keys.set(key, kinds.length);
        kinds.push(operator === 1 ? vector(operator) : mac(operator));
      }
      return { kind: keys.get(key)!, iteration };
    }),
  );
  const plan: SegmentPlan = { kinds, order: () => steps };
  return { plan, steps };
});

/** A mapping that tells which one it is. */
const mapping = (index: number): Mapping => ({
  levels: [{ temporal: [{ dim: 'K', bound: index + 1 }], spatial: [], keep: [], noMulticast: [] }],
});

const mapped = ({ kinds }: SegmentPlan) => kinds.map(({ kind }, index) => (kind === 'mac' ? mapping(index) : null));

describe('mappings of kinds of steps', () => {
  // Killed by: the last iteration of a kind, mappings matched by operator alone, an iteration off by one.
  it('come back from the steps that they are for', () => {
    fc.assert(
      fc.property(plans, ({ plan, steps }) => {
        const saved = stepMappings(plan, mapped(plan));
        expect(saved).toHaveLength(plan.kinds.filter(({ kind }) => kind === 'mac').length);
        for (const { operator, iteration, mapping: own } of saved) {
          const kind = steps.find(
            (step) => step.iteration === iteration && plan.kinds[step.kind]!.operator === operator,
          );
          expect(own).toEqual(mapping(kind!.kind));
          const before = steps.filter((step) => step.kind === kind!.kind && step.iteration < iteration);
          expect(before).toEqual([]);
        }
        expect(mappingsOfKinds(plan, [...saved].reverse())).toEqual({ mappings: mapped(plan) });
      }),
    );
  });

  it('are missing or unused where a file has one too few or too many', () => {
    fc.assert(
      fc.property(plans, fc.nat(), ({ plan }, choice) => {
        const saved = stepMappings(plan, mapped(plan));
        const index = choice % saved.length;
        const { operator, iteration } = saved[index]!;
        const less = saved.filter((_, i) => i !== index);
        expect(mappingsOfKinds(plan, less)).toEqual({ missing: { operator, iteration } });
        const more = [...saved.slice(0, index), { operator: 1, iteration, mapping: mapping(0) }, ...saved.slice(index)];
        expect(mappingsOfKinds(plan, more)).toEqual({ unused: index });
      }),
    );
  });
});
