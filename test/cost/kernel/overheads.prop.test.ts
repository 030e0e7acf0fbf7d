import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TemporalReuse } from '../../../src/cost/evaluation.ts';
import { compileKernel } from '../../../src/cost/kernel/kernel.ts';
import { packMapping } from '../../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { Random } from '../../../src/util/random.ts';
import type { CostCase } from '../arbitraries.ts';
import { overheadCase, withOverheads } from '../overhead-arbitraries.ts';
import { collidingCase } from './arbitraries.ts';

function expectEqual(cases: fc.Arbitrary<CostCase>, temporalReuse: TemporalReuse, numRuns: number): void {
  const slowest = new Set<string>();
  fc.assert(
    fc.property(cases, ({ layer, accelerator, mapping }) => {
      const kernel = compileKernel(layer, accelerator, { temporalReuse });
      const packed = packMapping(kernel.layout, mapping)!;
      const reference = evaluateReference(layer, accelerator, mapping, { temporalReuse });
      if (!reference.feasible) throw new Error(reference.violations[0]!.message);
      expect(kernel.evaluate(packed)).toBe(0);
      const { energyPj, cycles, edpPjCycles } = reference;
      expect([kernel.energyPj, kernel.cycles, kernel.edpPjCycles]).toEqual([energyPj, cycles, edpPjCycles]);
      expect(kernel.toEvaluation(packed)).toEqual(reference);
      for (const level of reference.levels)
        for (const term of ['transferCycles', 'launchCycles', 'arrayCycles'] as const)
          if (level[term] === cycles) slowest.add(term);
      if (reference.levels.every((level) => level.cycles < cycles)) slowest.add('serialCycles');
    }),
    { numRuns },
  );
  expect([...slowest].sort()).toEqual(['arrayCycles', 'launchCycles', 'serialCycles', 'transferCycles']);
}

describe('with the terms of real hardware the kernel equals the reference to the bit', () => {
  it('with perfect factors', () => {
    expectEqual(overheadCase({ imperfect: false, padding: true, maxMacs: 1000 }), 'exact', 300);
  });
  it('with imperfect factors', () => {
    expectEqual(overheadCase({ imperfect: true, padding: true, maxMacs: 600 }), 'exact', 500);
  });
  it('with output and filter dims in parallel in one block', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const cases = fc
      .tuple(collidingCase({ padding: true, imperfect: true }), seeds)
      .map(([sampled, seed]) => withOverheads(Random.fromSeed(seed), sampled));
    expectEqual(cases, 'exact', 200);
  });
  it('under the reuse rule of Timeloop', () => {
    expectEqual(overheadCase({ imperfect: false, padding: false, maxMacs: 1000 }), 'timeloop', 300);
  });
});
