import { describe, it } from 'vitest';
import { compareAll, type SmallCases } from '../against-brute-force.ts';
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
const RUNS = Number(process.env.RUNS ?? 6);

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
    it(`finds the optimum with ${factors} factors`, () => compareAll(RUNS, RUNS / 3, boxes(factors, []), 0));
    it(`finds the optimum with ${factors} factors where tiles come anew in requests`, () =>
      compareAll(RUNS, RUNS / 3, boxes(factors, ['refetch', 'requests']), 0));
  }
});
