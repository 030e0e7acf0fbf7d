import { describe, it } from 'vitest';
import { compareAll, type SmallCases, withFlowsInside } from '../against-brute-force.ts';
import type { SmallCaseOptions } from '../random-mapspace.ts';
import { TERMS, type Term, withTerms } from '../random-overheads.ts';

const SMALL: SmallCaseOptions = {
  levels: [2, 3, 3],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'Q', 'R', 'R'],
  bounds: [2, 3, 4],
  mostMacs: 48,
  padding: true,
  mostChildren: 3,
  blocks: false,
};
const FEW: SmallCaseOptions = { ...SMALL, levels: [2, 2, 3], mostMacs: 24, bounds: [2, 3] };
const FAMILIES: readonly (readonly Term[])[] = [...TERMS.map((term) => [term]), TERMS];

const withSome = (terms: readonly Term[], rest: Omit<SmallCases, 'options' | 'change'>): SmallCases => ({
  options: rest.factors === 'perfect' ? SMALL : FEW,
  change: withTerms(terms),
  ...rest,
});

describe('exact search against brute force on accelerators that state what real hardware adds', () => {
  // The dynamic programs of all flows, which only large layers need otherwise.
  it.each(FAMILIES)('finds the optimum with perfect factors, with bounds that are tight: %s', (...terms) =>
    withFlowsInside(() =>
      compareAll(14, 10, withSome(terms, { temporalReuse: 'exact', factors: 'perfect', tight: 0.99 }), 8),
    ),
  );

  it.each(FAMILIES)('finds the optimum with imperfect factors, with bounds that are tight: %s', (...terms) =>
    compareAll(8, 5, withSome(terms, { temporalReuse: 'exact', factors: 'imperfect', tight: 0.4 }), 4),
  );

  it("finds the optimum under Timeloop's reuse rule", () =>
    compareAll(25, 18, withSome(TERMS, { temporalReuse: 'timeloop', factors: 'perfect' }), 0));
});
