import { describe, it } from 'vitest';
import { compareAll, enumerated, expectOptimal, type SmallCases } from '../against-brute-force.ts';
import type { SmallCaseOptions, smallCase } from '../random-mapspace.ts';
import { type Term, withTerms } from '../random-overheads.ts';

/** Strides above the filter and dilations: boxes hold more than what is used. */
const GAPPED: SmallCaseOptions = {
  levels: [2, 2, 3],
  dims: ['P', 'R', 'P', 'R', 'K', 'Q', 'S', 'C'],
  bounds: [2, 3, 4],
  mostMacs: 72,
  padding: true,
  mostChildren: 4,
  mostStride: 4,
};

const boxes = (factors: SmallCases['factors'], terms: readonly Term[]): SmallCases => ({
  options: GAPPED,
  temporalReuse: 'exact',
  factors,
  change: (one: ReturnType<typeof smallCase>, seed) => {
    const { layer, accelerator } = withTerms(terms)(one, seed);
    return { layer, accelerator: { ...accelerator, tiles: 'box' } };
  },
});

describe('exact search against brute force where tiles are boxes', () => {
  for (const factors of ['perfect', 'imperfect'] as const) {
    it(`finds the optimum with ${factors} factors`, () => compareAll(6, 2, boxes(factors, []), 0));
    it(`finds the optimum with ${factors} factors where tiles come anew in requests`, () =>
      compareAll(6, 2, boxes(factors, ['refetch', 'requests']), 0));
  }

  // Tiles next to each other have words between them that neither holds.
  it.each([237_202_007, 382_273_421])('takes no tiles as joined to a larger one: seed %i', (seed) => {
    const found = enumerated(seed, boxes('perfect', []));
    if (found === null) throw new Error('too large to compare');
    expectOptimal(found);
  });
});
