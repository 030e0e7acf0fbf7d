import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { EXACT, feasible } from '../agreement.ts';
import type { CostCase } from '../arbitraries.ts';
import { overheadCase } from '../overhead-arbitraries.ts';
import { simulate } from './simulator.ts';
import { simulateTimes } from './time-simulator.ts';

/** @returns how many loads brought the weights that were there, in all */
function expectSimulated(cases: fc.Arbitrary<CostCase>, numRuns: number): number {
  let unchanged = 0;
  fc.assert(
    fc.property(cases, ({ layer, accelerator, mapping }) => {
      const model = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
      const simulation = simulate(layer, accelerator, mapping);
      const times = simulateTimes(layer, accelerator, mapping, simulation);
      let array = simulation.cycles;
      let serial = 0;
      let slowest = simulation.cycles;
      model.levels.forEach((level, index) => {
        const { transferCycles, launchCycles, arrayCycles, loads, changes } = times[index]!;
        const busiest = TENSORS.map((tensor) => level.tensors[tensor].busiest.reads);
        expect(busiest).toEqual(TENSORS.map((tensor) => simulation.counts[index]![tensor].busiestReads));
        expect(TENSORS.map((tensor) => level.tensors[tensor].reads)).toEqual(
          TENSORS.map((tensor) => simulation.counts[index]![tensor].reads),
        );
        expect([level.transferCycles, level.launchCycles]).toEqual([transferCycles, launchCycles]);
        expect(level.arrayCycles).toBeCloseTo(arrayCycles, 6);
        unchanged += loads - changes;
        array = Math.max(array, level.arrayCycles);
        slowest = Math.max(slowest, transferCycles, launchCycles, level.arrayCycles);
        if (accelerator.levels[index]!.overlap === 'none') serial += transferCycles;
      });
      expect(model.serialCycles).toBe(array + serial);
      expect(model.cycles).toBe(Math.max(slowest, array + serial));
    }),
    { numRuns },
  );
  return unchanged;
}

describe('the terms of the reference model equal a walk through time', () => {
  it('with perfect factors, where every load brings other weights', () => {
    expect(expectSimulated(overheadCase({ imperfect: false, padding: true, maxMacs: 120 }), 70)).toBe(0);
  });
  it('with imperfect factors, where a ragged loop may send the same again', () => {
    expect(expectSimulated(overheadCase({ imperfect: true, padding: true, maxMacs: 150 }), 120)).toBeGreaterThanOrEqual(
      0,
    );
  });
});
