import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { EXACT, expectSimulated, feasible } from '../agreement.ts';
import { type CostCase, costCase } from '../arbitraries.ts';
import {
  changed,
  comparePaths,
  everyKind,
  plainKinds,
  rareKinds,
  refetching,
  requesting,
} from '../counting-arbitraries.ts';

/** Cases whose tiles of Inputs are boxes; one that a smaller memory cannot hold is none. */
function boxed(cases: fc.Arbitrary<CostCase>): fc.Arbitrary<CostCase> {
  return cases
    .map((sampled): CostCase => ({ ...sampled, accelerator: { ...sampled.accelerator, tiles: 'box' } }))
    .filter(({ layer, accelerator, mapping }) => evaluateReference(layer, accelerator, mapping, EXACT).feasible);
}

describe('tiles that are boxes', () => {
  it('are counted as a walk of the nest counts them', () => {
    for (const cases of plainKinds(80)) fc.assert(fc.property(boxed(cases), expectSimulated), { numRuns: 15 });
    const requests = changed(costCase({ imperfect: true, padding: true, maxMacs: 80 }), requesting);
    fc.assert(fc.property(boxed(requests), expectSimulated), { numRuns: 15 });
  });

  it('are counted alike by kernel and reference, on every path', () => {
    const paths = comparePaths(
      [boxed(everyKind(400)), 50],
      [boxed(changed(everyKind(400), refetching)), 40],
      [boxed(rareKinds()), 30],
    );
    expect(
      [paths.perfect, paths.padded, paths.grouped, paths.ragged, paths.united].filter((count) => count < 2),
    ).toEqual([]);
  });

  it('move no less of tiles that come whole, and change Inputs alone', () => {
    const cases = changed(everyKind(300), (random, level, index) => ({
      ...refetching(random, level, index),
      ...(index === 0 ? {} : { refetch: ['Inputs'] }),
    }));
    fc.assert(
      fc.property(boxed(cases), ({ layer, accelerator, mapping }) => {
        const { tiles: _, ...plain } = accelerator;
        const [boxes, words] = [accelerator, plain].map((on) => feasible(evaluateReference(layer, on, mapping, EXACT)));
        boxes!.levels.forEach((level, index) => {
          const own = words!.levels[index]!.tensors;
          for (const tensor of TENSORS)
            if (tensor !== 'Inputs') expect(level.tensors[tensor]).toEqual(own[tensor]);
            else expect(level.tensors.Inputs.fills).toBeGreaterThanOrEqual(own.Inputs.fills);
        });
      }),
      { numRuns: 60 },
    );
  });
});
