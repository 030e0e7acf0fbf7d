import { describe, expect, it } from 'vitest';
import { compareAll, enumerated, expectOptimal, type SmallCases, withFlowsInside } from '../against-brute-force.ts';
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
      compareAll(8, 5, withSome(terms, { temporalReuse: 'exact', factors: 'perfect', tight: 0.99 }), 4),
    ),
  );

  it.each(FAMILIES)('finds the optimum with imperfect factors, with bounds that are tight: %s', (...terms) =>
    compareAll(5, 3, withSome(terms, { temporalReuse: 'exact', factors: 'imperfect', tight: 0.4 }), 3),
  );

  it('finds the optimum where padding cuts the runs of tiles unlike', () => {
    const options: SmallCaseOptions = {
      ...SMALL,
      levels: [2, 2, 3],
      dims: ['P', 'R', 'Q', 'S', 'K'],
      bounds: [2, 3, 4, 5],
      mostChildren: 2,
    };
    const cases = { ...withSome(['requests'], { temporalReuse: 'exact', factors: 'perfect' }), options };
    const found = enumerated(688_178_945, cases);
    if (found === null) throw new Error('empty');
    withFlowsInside(() => expectOptimal(found));
  });

  it("finds the optimum under Timeloop's reuse rule", () =>
    withFlowsInside(() => {
      const cases = withSome(TERMS, { temporalReuse: 'timeloop', factors: 'perfect' });
      compareAll(13, 9, cases, 0);
      compareAll(8, 5, { ...cases, temporalReuse: 'timeloop-2023' }, 0);
      // A single transfer of partial sums decides.
      const found = enumerated(901_128_029, {
        ...cases,
        options: { ...SMALL, dims: [...SMALL.dims, 'S'], blocks: true },
      });
      if (found === null) throw new Error('empty');
      expectOptimal(found);
    }));

  // What would spill is bounded by infinite cycles there, while its energy is finite.
  it.each([76, 175])('keeps nests that hold partial sums where nothing leaks: seed %i', (seed) => {
    const found = enumerated(seed, {
      options: { ...SMALL, levels: [3], dims: ['K', 'C', 'R', 'P'], padding: false },
      temporalReuse: 'exact',
      factors: 'perfect',
      change: (one, own) => {
        const { layer, accelerator } = withTerms(TERMS)(one, own);
        const levels = accelerator.levels.map((level) => ({ ...level, leakagePjPerCycle: 0 }));
        return { layer, accelerator: { ...accelerator, levels } };
      },
    });
    if (found === null) throw new Error('too large to compare');
    expect(found.limited).not.toBeNull();
    withFlowsInside(() => expectOptimal(found));
  });

  // Weights that come anew into the innermost level are loaded once all the same while they stand still.
  it('counts the transfers of Weights that come anew once beside their loads', () => {
    const found = enumerated(142, {
      options: { ...SMALL, levels: [3], dims: ['K', 'P', 'C', 'N'], padding: false },
      temporalReuse: 'exact',
      factors: 'perfect',
      change: (one, own) => {
        const { layer, accelerator } = withTerms(['refetch', 'fill', 'overlap'])(one, own);
        const levels = accelerator.levels.map((level, index) =>
          index < 2 ? { ...level, bandwidth: { sharedWordsPerCycle: 1 } } : level,
        );
        return { layer, accelerator: { ...accelerator, levels } };
      },
    });
    if (found === null) throw new Error('too large to compare');
    withFlowsInside(() => expectOptimal(found));
  });
});
