import fc from 'fast-check';
import { describe, it } from 'vitest';
import { EXACT, expectEqual } from '../agreement.ts';
import { type CostCase, costCase } from '../arbitraries.ts';
import { overheadCase } from '../overhead-arbitraries.ts';
import { residentCase } from '../residency-arbitraries.ts';
import { collidingCase } from './arbitraries.ts';

describe('where operands are retained the kernel equals the reference to the bit', () => {
  const kinds: readonly (readonly [string, fc.Arbitrary<CostCase>])[] = [
    ['with perfect factors', costCase({ imperfect: false, padding: true, maxMacs: 400 })],
    ['with imperfect factors', costCase({ imperfect: true, padding: true, maxMacs: 200 })],
    ['with the terms of real hardware', overheadCase({ imperfect: false, padding: true, maxMacs: 400 })],
    ['with these terms and imperfect factors', overheadCase({ imperfect: true, padding: true, maxMacs: 200 })],
    ['with output and filter dims in parallel', collidingCase({ padding: true, imperfect: true })],
  ];
  for (const [name, cases] of kinds)
    it(name, () => {
      fc.assert(
        fc.property(residentCase(cases), (sampled) => {
          expectEqual(sampled, EXACT);
        }),
        { numRuns: 100 },
      );
    });
});
