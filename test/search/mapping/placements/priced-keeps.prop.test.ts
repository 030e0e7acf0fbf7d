import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Incumbent } from '../../../../src/search/mapping/bounds/incumbent.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP, ENERGY } from '../../../../src/search/mapping/objective.ts';
import { PlacementCompiler } from '../../../../src/search/mapping/placements/placement-compiler.ts';
import { smallCase } from '../random-mapspace.ts';
import { unlisted } from '../unlisted.ts';

const RUNS = 25;

function deepCase(seed: number) {
  return makeMapspace(
    smallCase(seed, {
      levels: [4, 4, 5],
      dims: ['K', 'C', 'P', 'R', 'N', 'G'],
      bounds: [2, 3, 4, 6],
      mostMacs: 400,
      padding: true,
      mostChildren: 3,
    }),
  );
}

function incumbentOf(leakagePjPerCycle: number) {
  return new Incumbent({
    objective: ENERGY,
    cutoff: Number.POSITIVE_INFINITY,
    leakagePjPerCycle,
    shouldStop: () => false,
    nodeLimit: Number.POSITIVE_INFINITY,
  });
}

describe('kept tensors by priced sums', () => {
  it('come once each by ascending energy, no higher than that of the best tiles, and mostly the same', () => {
    let same = 0;
    let all = 0;
    fc.assert(
      fc.property(fc.nat(1e9), (seed) => {
        const mapspace = deepCase(seed);
        if (!mapspace.feasible) return;
        const compiler = new PlacementCompiler(mapspace);
        const choice = mapspace.spatial.list!.at(-1)!;
        const incumbent = incumbentOf(0);
        const keeps = compiler.keepsOf(choice, incumbent)!;
        const bounds = new Map<string, number>();
        let last = 0;
        for (let own = keeps.next(); own !== null; own = keeps.next()) {
          expect(own.bound).toBeGreaterThanOrEqual(last * (1 - 1e-9));
          last = own.bound;
          expect(bounds.has(own.keep.join())).toBe(false);
          bounds.set(own.keep.join(), own.bound);
        }
        for (const keep of mapspace.keeps.all()) {
          const { energyPj } = compiler.bound({ choice, keep })!;
          const bound = bounds.get(keep.join()) ?? Number.POSITIVE_INFINITY;
          if (energyPj === Number.POSITIVE_INFINITY) continue;
          all++;
          expect(bound).toBeLessThanOrEqual(energyPj * (1 + 1e-9));
          if (bound >= energyPj * (1 - 1e-9)) same++;
        }
      }),
      { numRuns: RUNS },
    );
    expect(same).toBeGreaterThan(all / 2);
  });

  it('lead to the optima that listed placements lead to', () => {
    fc.assert(
      fc.property(fc.nat(1e9), (seed) => {
        const mapspace = deepCase(seed);
        if (!mapspace.feasible) return;
        const listed = searchExact(mapspace, EDP, { fewTiles: 0 });
        const priced = searchExact(unlisted(mapspace), EDP, { fewTiles: 0 });
        expect(priced.kind).toBe(listed.kind);
        if (listed.kind !== 'found' || priced.kind !== 'found') return;
        expect(priced.certificate.optimal).toBe(true);
        expect(priced.certificate.incumbent / listed.certificate.incumbent).toBeCloseTo(1, 9);
      }),
      { numRuns: RUNS },
    );
  });
});
