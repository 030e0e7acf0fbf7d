import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedLayout, packMapping, unpackMapping } from '../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import type { LevelMapping, Mapping } from '../../src/mapping/mapping.ts';
import { makeProblem } from '../../src/workload/problem.ts';
import { costCase } from './arbitraries.ts';

const CASES = costCase({ imperfect: true, padding: true, maxMacs: 300 });

/** The mapping with its outermost level replaced. */
function withOuter(mapping: Mapping, change: (level: LevelMapping) => LevelMapping): Mapping {
  return { levels: [change(mapping.levels[0]!), ...mapping.levels.slice(1)] };
}

describe('a packed mapping', () => {
  it('unpacks to a mapping with the same evaluation, and packs to itself again', () => {
    fc.assert(
      fc.property(CASES, ({ layer, accelerator, mapping }) => {
        const layout = packedLayout(layer.problem, accelerator);
        const packed = packMapping(layout, mapping)!;
        const unpacked = unpackMapping(layout, packed);
        expect(evaluateReference(layer, accelerator, unpacked, { temporalReuse: 'exact' })).toEqual(
          evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' }),
        );
        expect(packMapping(layout, unpacked)).toEqual(packed);
      }),
      { numRuns: 200 },
    );
  });

  it('holds loops of any bound that is counted exactly, as maps of huge layers have them', () => {
    const { accelerator } = fc.sample(CASES, { numRuns: 1, seed: 1 })[0]!;
    for (const bound of [2 ** 31, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER]) {
      const problem = makeProblem({ name: 'huge', bounds: { P: bound } });
      const layout = packedLayout(problem, { ...accelerator, levels: accelerator.levels.slice(0, 1) });
      const mapping = {
        levels: [{ temporal: [{ dim: 'P', bound }], spatial: [], keep: [], noMulticast: [] }],
      } as const;
      expect(unpackMapping(layout, packMapping(layout, mapping)!)).toEqual(mapping);
    }
  });

  it('holds a perfect dim on two array dimensions in either order, a ragged one in their own', () => {
    const { accelerator } = fc.sample(CASES, { numRuns: 1, seed: 1 })[0]!;
    const problem = makeProblem({ name: 'split', bounds: { N: 6 } });
    const layout = packedLayout(problem, { ...accelerator, levels: accelerator.levels.slice(0, 1) });
    const pack = (outer: string, inner: string, bound: number) =>
      packMapping(layout, {
        levels: [
          {
            temporal: [],
            spatial: [
              { dim: 'N', bound, array: outer },
              { dim: 'N', bound: 3, array: inner },
            ],
            keep: [],
            noMulticast: [],
          },
        ],
      });
    expect([pack('X', 'Y', 2), pack('Y', 'X', 2), pack('X', 'Y', 3)]).not.toContain(null);
    expect(pack('Y', 'X', 3)).toBeNull();
  });

  it('does not exist for loops that it cannot hold', () => {
    fc.assert(
      fc.property(CASES, ({ layer, accelerator, mapping }) => {
        const layout = packedLayout(layer.problem, accelerator);
        const pack = (changed: Mapping) => packMapping(layout, changed);
        const temporal = (...bounds: readonly number[]) =>
          pack(withOuter(mapping, (level) => ({ ...level, temporal: bounds.map((bound) => ({ dim: 'K', bound })) })));
        const spatial = (...loops: readonly (readonly [bound: number, array: string])[]) =>
          pack(
            withOuter(mapping, (level) => ({
              ...level,
              spatial: loops.map(([bound, array]) => ({ dim: 'N', bound, array })),
            })),
          );
        expect(temporal(2, 2)).toBeNull();
        expect(temporal(2, 1)).not.toBeNull();
        for (const bound of [0, -1, 1.5, 2 ** 53, Number.NaN]) expect(temporal(bound)).toBeNull();
        expect(spatial([2, 'Z'])).toBeNull();
        expect(spatial([2, 'X'], [2, 'X'])).toBeNull();
        expect(spatial([7, 'X'], [7, 'Y'])).not.toBeNull();
        expect(spatial([7, 'Y'], [7, 'X'])).toBeNull();
        expect(pack({ levels: mapping.levels.slice(1) })).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});
