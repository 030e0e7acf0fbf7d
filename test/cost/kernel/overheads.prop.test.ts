import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostOptions } from '../../../src/cost/evaluation.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { Random } from '../../../src/util/random.ts';
import { EXACT, expectEqual, feasible, TIMELOOP } from '../agreement.ts';
import type { CostCase } from '../arbitraries.ts';
import { overheadCase, withOverheads } from '../overhead-arbitraries.ts';
import { collidingCase } from './arbitraries.ts';

function expectAllEqual(cases: fc.Arbitrary<CostCase>, options: CostOptions, numRuns: number): void {
  const slowest = new Set<string>();
  fc.assert(
    fc.property(cases, (sampled) => {
      expectEqual(sampled, options);
      const { layer, accelerator, mapping } = sampled;
      const { cycles, levels } = feasible(evaluateReference(layer, accelerator, mapping, options));
      for (const level of levels)
        for (const term of ['transferCycles', 'launchCycles', 'arrayCycles'] as const)
          if (level[term] === cycles) slowest.add(term);
      if (levels.every((level) => level.cycles < cycles)) slowest.add('serialCycles');
    }),
    // One seed, so that a term that is seldom the slowest is never missed by chance.
    { numRuns, seed: 20_261_130 },
  );
  expect([...slowest].sort()).toEqual(['arrayCycles', 'launchCycles', 'serialCycles', 'transferCycles']);
}

describe('with the terms of real hardware the kernel equals the reference to the bit', () => {
  it('with perfect factors', () => {
    expectAllEqual(overheadCase({ imperfect: false, padding: true, maxMacs: 400 }), EXACT, 100);
  });
  it('with imperfect factors', () => {
    expectAllEqual(overheadCase({ imperfect: true, padding: true, maxMacs: 200 }), EXACT, 100);
  });
  it('with output and filter dims in parallel in one block', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const cases = fc
      .tuple(collidingCase({ padding: true, imperfect: true }), seeds)
      .map(([sampled, seed]) => withOverheads(Random.fromSeed(seed), sampled));
    expectAllEqual(cases, EXACT, 100);
  });
  it('under the reuse rule of Timeloop', () => {
    expectAllEqual(overheadCase({ imperfect: false, padding: false, maxMacs: 400 }), TIMELOOP, 75);
  });
});
