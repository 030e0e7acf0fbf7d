import { describe, it } from 'vitest';
import { compareAll, type SmallCases } from '../against-brute-force.ts';
import type { SmallCaseOptions } from '../random-mapspace.ts';
import { TERMS, type Term, withTerms } from '../random-overheads.ts';

const PERFECT: SmallCaseOptions = {
  levels: [2, 3, 3],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'Q', 'R', 'R'],
  bounds: [2, 3, 4],
  mostMacs: 48,
  padding: true,
  mostChildren: 3,
};
const RUNS = Number(process.env.RUNS ?? 12);

const withSome = (terms: readonly Term[], factors: SmallCases['factors']): SmallCases => ({
  options: PERFECT,
  temporalReuse: 'exact',
  factors,
  change: withTerms(terms),
});

describe('exact search against brute force on accelerators that state what real hardware adds', () => {
  for (const factors of ['perfect', 'imperfect'] as const)
    for (const terms of [...TERMS.map((term) => [term]), TERMS])
      it(`finds the optimum with ${factors} factors and ${terms.join(', ')}`, () =>
        compareAll(RUNS, RUNS / 3, withSome(terms, factors), 0));
});
