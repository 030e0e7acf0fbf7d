import { describe, it } from 'vitest';
import { compareAll, withFlowsInside } from '../against-brute-force.ts';
import type { SmallCaseOptions } from '../random-mapspace.ts';
import { TERMS, type Term, withTerms } from '../random-overheads.ts';
import { withResidency } from '../random-residency.ts';

const OPTIONS: SmallCaseOptions = {
  levels: [2, 3, 3],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'Q', 'R', 'R', 'S'],
  bounds: [2, 3, 4],
  mostMacs: 48,
  padding: true,
  mostChildren: 3,
};
const FEW: SmallCaseOptions = { ...OPTIONS, bounds: [2, 3], mostMacs: 24 };
const LOOSE: readonly Term[] = ['overlap', 'requests'];

/** Random terms on the levels of a case whose operands stay on chip. */
function withTermsAt(terms: readonly Term[]) {
  const add = withTerms(terms);
  return (one: Parameters<typeof add>[0], seed: number) => withResidency(add(one, seed), seed);
}

describe('exact search with operands that stay on chip', () => {
  it('finds the optimum with perfect factors, with bounds that are tight', () => {
    compareAll(25, 12, { options: OPTIONS, temporalReuse: 'exact', factors: 'perfect', change: withResidency }, 12);
  });

  // Killed by: groups that only loop inside the outermost level.
  it('finds the optimum of groups, which loop outside everything else alone', () => {
    const options: SmallCaseOptions = { ...OPTIONS, dims: ['G', 'G', 'G', 'P', 'R', 'K', 'C'], bounds: [2, 3, 4, 6] };
    compareAll(40, 15, { options, temporalReuse: 'exact', factors: 'perfect', change: withResidency }, 0);
  });

  it('finds the optimum with imperfect factors, with bounds that are tight', () => {
    compareAll(16, 8, { options: FEW, temporalReuse: 'exact', factors: 'imperfect', change: withResidency }, 8);
  });

  it('finds the optimum with all terms of real hardware beside', () => {
    const change = withTermsAt(TERMS);
    withFlowsInside(() => {
      compareAll(12, 6, { options: FEW, temporalReuse: 'exact', factors: 'perfect', change }, 0);
      compareAll(8, 3, { options: FEW, temporalReuse: 'exact', factors: 'imperfect', change }, 0);
    });
  });

  it('finds the optimum where transfers of levels add up, in requests', () => {
    const change = withTermsAt(LOOSE);
    compareAll(20, 10, { options: FEW, temporalReuse: 'exact', factors: 'perfect', change }, 0);
  });
});
