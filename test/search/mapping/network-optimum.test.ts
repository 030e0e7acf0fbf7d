import { describe, expect, it } from 'vitest';
import { searchExact } from '../../../src/search/mapping/exact/exact.ts';
import { type Mapspace, makeMapspace } from '../../../src/search/mapping/mapspace.ts';
import { searchNetworkOptimum } from '../../../src/search/mapping/network-optimum.ts';
import { EDP } from '../../../src/search/mapping/objective.ts';
import { visitAllMappings } from './brute-force.ts';
import { smallCase } from './random-mapspace.ts';

type Point = readonly [energyPj: number, cycles: number];

/** All (energy, cycles) of a mapspace that no other mapping beats in both; null when it is too large. */
function paretoFront(mapspace: Mapspace): Point[] | null {
  const points = new Map<number, number>();
  const scored = visitAllMappings(mapspace, 6000, (energyPj, cycles) => {
    if (energyPj < (points.get(cycles) ?? Number.POSITIVE_INFINITY)) points.set(cycles, energyPj);
  });
  if (scored === null || scored === 0) return null;
  let least = Number.POSITIVE_INFINITY;
  return [...points]
    .sort((a, b) => a[0] - b[0])
    .flatMap(([cycles, energyPj]): Point[] => {
      if (energyPj >= least) return [];
      least = energyPj;
      return [[energyPj, cycles]];
    });
}

function leastProduct(fronts: readonly Point[][], repeats: readonly number[]): number {
  let sums: Point[] = [[0, 0]];
  fronts.forEach((front, i) => {
    sums = sums.flatMap(([energyPj, cycles]) =>
      front.map(([e, l]): Point => [energyPj + repeats[i]! * e, cycles + repeats[i]! * l]),
    );
  });
  return Math.min(...sums.map(([energyPj, cycles]) => energyPj * cycles));
}

describe('network optimum', () => {
  it('equals the least product of sums over all combinations of mappings of all layers', () => {
    let compared = 0;
    let unequal = 0;
    for (let seed = 0; compared < 25 && seed < 400; seed++) {
      const { accelerator } = smallCase(seed, OPTIONS);
      const mapspaces = [seed, seed + 1000, seed + 2000].flatMap((s) => {
        const mapspace = makeMapspace({ layer: smallCase(s, OPTIONS).layer, accelerator });
        return mapspace.feasible ? [mapspace] : [];
      });
      const fronts =
        mapspaces.flatMap((mapspace) => paretoFront(mapspace) ?? []).length === 0 ? [] : mapspaces.map(paretoFront);
      const complete = fronts.filter((front) => front !== null);
      if (complete.length < 3 || complete.reduce((n, front) => n * front.length, 1) < 4) continue;
      const repeats = [1, 2, 3];
      const found = searchNetworkOptimum(mapspaces.map((mapspace, i) => ({ mapspace, repeat: repeats[i]! })));
      if (found.kind !== 'found') throw new Error(found.reason);
      expect(found.optimal).toBe(true);
      expect(found.edpPjCycles / leastProduct(complete, repeats)).toBeCloseTo(1, 9);
      compared++;
      const layerwise = mapspaces.map((mapspace) => searchExact(mapspace, EDP));
      let energyPj = 0;
      let cycles = 0;
      layerwise.forEach((result, i) => {
        if (result.kind !== 'found') throw new Error(result.kind);
        energyPj += repeats[i]! * result.evaluation.energyPj;
        cycles += repeats[i]! * result.evaluation.cycles;
      });
      expect(found.edpPjCycles).toBeLessThanOrEqual(energyPj * cycles * (1 + 1e-12));
      if (found.edpPjCycles < energyPj * cycles * (1 - 1e-9)) unequal++;
    }
    expect(compared).toBe(25);
    expect(unequal).toBeGreaterThan(0);
  }, 60_000);

  it('within a limit keeps it, and brackets the least product that keeps it', () => {
    let compared = 0;
    for (let seed = 0; compared < 15 && seed < 400; seed++) {
      const { accelerator } = smallCase(seed, OPTIONS);
      const mapspaces = [seed, seed + 1000].flatMap((s) => {
        const mapspace = makeMapspace({ layer: smallCase(s, OPTIONS).layer, accelerator });
        return mapspace.feasible ? [mapspace] : [];
      });
      const fronts = mapspaces.map(paretoFront).filter((front) => front !== null);
      if (fronts.length < 2 || fronts.reduce((n, front) => n * front.length, 1) < 4) continue;
      const layers = mapspaces.map((mapspace) => ({ mapspace, repeat: 1 }));
      const free = searchNetworkOptimum(layers);
      if (free.kind !== 'found') throw new Error(free.reason);
      const fastest = free.hull.at(-1)!.cycles;
      if (fastest >= free.best.cycles) continue;
      const most = Math.floor((free.best.cycles + fastest) / 2);
      const holds = (_energyPj: number, cycles: number) => cycles <= most;
      const limited = searchNetworkOptimum(layers, { holds });
      if (limited.kind !== 'found') throw new Error(limited.reason);
      let least = Number.POSITIVE_INFINITY;
      for (const [e1, c1] of fronts[0]!)
        for (const [e2, c2] of fronts[1]!) if (c1 + c2 <= most) least = Math.min(least, (e1 + e2) * (c1 + c2));
      expect(limited.best.cycles).toBeLessThanOrEqual(most);
      expect(limited.lowerBound).toBeLessThanOrEqual(least * (1 + 1e-9));
      expect(limited.value).toBeGreaterThanOrEqual(least * (1 - 1e-9));
      compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(5);
    const { accelerator, layer } = smallCase(3, OPTIONS);
    const mapspace = makeMapspace({ layer, accelerator });
    if (!mapspace.feasible) throw new Error('empty');
    const nothing = searchNetworkOptimum([{ mapspace, repeat: 1 }], { holds: () => false });
    expect(nothing.kind).toBe('none');
  }, 60_000);

  it('says which layer cannot be mapped', () => {
    const { accelerator, layer } = smallCase(3, OPTIONS);
    const mapspace = makeMapspace({ layer, accelerator });
    if (!mapspace.feasible) throw new Error('empty');
    const found = searchNetworkOptimum([{ mapspace, repeat: 1 }], { shouldStop: () => true });
    expect(found).toEqual({ kind: 'none', reason: `${layer.problem.name}: the search was stopped before its proof` });
  });
});

const OPTIONS = {
  levels: [2, 3],
  dims: ['N', 'K', 'C', 'P', 'R'],
  bounds: [2, 3, 4],
  mostMacs: 48,
  padding: false,
  mostChildren: 4,
} as const;
