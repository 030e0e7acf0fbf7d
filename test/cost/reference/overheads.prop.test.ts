import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { type Dim, TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { EXACT, feasible } from '../agreement.ts';
import type { CostCase } from '../arbitraries.ts';
import { overheadCase } from '../overhead-arbitraries.ts';
import { simulate } from './simulator.ts';
import { simulateTimes } from './time-simulator.ts';

function expectSimulated(cases: fc.Arbitrary<CostCase>, numRuns: number, isPerfect: boolean): void {
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
        if (isPerfect) expect(loads).toBe(changes);
        expect(loads).toBeGreaterThanOrEqual(changes);
        array = Math.max(array, level.arrayCycles);
        slowest = Math.max(slowest, transferCycles, launchCycles, level.arrayCycles);
        if (accelerator.levels[index]!.overlap === 'none') serial += transferCycles;
      });
      expect(model.serialCycles).toBe(array + serial);
      expect(model.cycles).toBe(Math.max(slowest, array + serial));
    }),
    { numRuns },
  );
}

describe('the terms of the reference model equal a walk through time', () => {
  it('with perfect factors, where every load brings other weights', () => {
    expectSimulated(overheadCase({ imperfect: false, padding: true, maxMacs: 120 }), 70, true);
  });
  it('with imperfect factors', () => {
    expectSimulated(overheadCase({ imperfect: true, padding: true, maxMacs: 150 }), 100, false);
  });

  it('where the last round of a ragged loop sends the same weights again', () => {
    const [{ layer, accelerator }] = fc.sample(overheadCase({ imperfect: true, padding: false, maxMacs: 1 }), 1) as [
      CostCase,
    ];
    const problem = makeProblem({ name: 'ragged', bounds: { C: 3, P: 3 } });
    const levels = accelerator.levels.slice(0, 2).map(({ fanOut, ...level }) => ({
      ...level,
      fanOut: { ...fanOut, fill: { cyclesPerLoad: 1000, leastRows: 1 }, rampCycles: 0 },
    }));
    const loop = (dim: Dim, bound: number) => ({ dim, bound });
    const outer = { temporal: [loop('C', 2), loop('P', 3), loop('C', 2)], spatial: [], keep: TENSORS, noMulticast: [] };
    const mapping = { levels: [outer, { ...outer, temporal: [] }] };
    const evaluation = evaluateReference({ ...layer, problem }, { ...accelerator, levels }, mapping, EXACT);
    // The second word of the last round does not exist: 3 x 2 loads in the first round, 3 x 1 in the second.
    expect(feasible(evaluation).levels.map(({ arrayCycles }) => arrayCycles)).toEqual([9000, 9000]);
  });
});
