import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { PlacementCompiler } from '../../../../src/search/mapping/placements/placement-compiler.ts';
import { smallCase } from '../random-mapspace.ts';

describe('bounds of placements', () => {
  it('are the same whatever was bounded before under the same spatial choice', () => {
    let known = 0;
    fc.assert(
      fc.property(fc.nat(1e9), (seed) => {
        const mapspace = makeMapspace(
          smallCase(seed, {
            levels: [3, 4],
            dims: ['K', 'C', 'P', 'R'],
            bounds: [2, 3, 4, 6],
            mostMacs: 200,
            padding: true,
            mostChildren: 4,
          }),
        );
        if (!mapspace.feasible) return;
        const compiler = new PlacementCompiler(mapspace);
        for (const choice of mapspace.spatial.list!.slice(-2))
          for (const keep of mapspace.keeps.all().slice(0, 12)) {
            const { looks, ...own } = compiler.bound({ choice, keep })!;
            const { looks: all, ...plain } = new PlacementCompiler(mapspace).bound({ choice, keep })!;
            expect(own).toEqual(plain);
            if (looks < all) known++;
          }
      }),
      { numRuns: 40 },
    );
    expect(known).toBeGreaterThan(50);
  });
});
