import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { macCount } from '../../../src/workload/problem.ts';
import { EXACT, expectSimulated, feasible } from '../agreement.ts';
import { costCase } from '../arbitraries.ts';

describe('the reference model equals a walk of the nest', () => {
  it('with perfect factors', () => {
    fc.assert(fc.property(costCase({ imperfect: false, padding: false, maxMacs: 400 }), expectSimulated), {
      numRuns: 160,
    });
  });
  it('with padding', () => {
    fc.assert(fc.property(costCase({ imperfect: false, padding: true, maxMacs: 400 }), expectSimulated), {
      numRuns: 160,
    });
  });
  it('with imperfect factors', () => {
    fc.assert(fc.property(costCase({ imperfect: true, padding: false, maxMacs: 300 }), expectSimulated), {
      numRuns: 160,
    });
  });
  it('with imperfect factors and padding', () => {
    fc.assert(fc.property(costCase({ imperfect: true, padding: true, maxMacs: 300 }), expectSimulated), {
      numRuns: 160,
    });
  });
});

describe('every evaluation', () => {
  it('conserves MACs, respects lower bounds and sums energy from its own counts', () => {
    fc.assert(
      fc.property(costCase({ imperfect: true, padding: true, maxMacs: 2000 }), ({ layer, accelerator, mapping }) => {
        const model = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
        expect(model.macs).toBe(macCount(layer.problem));
        expect(model.cycles).toBeGreaterThanOrEqual(model.macs / accelerator.mac.instances);
        expect(model.utilization).toBeLessThanOrEqual(1);
        const energy = model.levels.reduce((sum, level) => sum + level.energyPj, model.macEnergyPj);
        expect(model.energyPj).toBeCloseTo(energy, 6);
        for (const level of model.levels)
          for (const tensor of TENSORS) {
            const { reads, fills, updates, energyPj, kept } = level.tensors[tensor];
            expect(Math.min(reads, fills, updates, energyPj)).toBeGreaterThanOrEqual(0);
            if (!kept) expect(reads + fills + updates).toBe(0);
          }
      }),
      { numRuns: 150 },
    );
  });
});
