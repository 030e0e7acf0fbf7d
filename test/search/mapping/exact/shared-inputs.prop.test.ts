import { describe, expect, it } from 'vitest';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP, ENERGY } from '../../../../src/search/mapping/objective.ts';
import { TENSORS } from '../../../../src/util/vocabulary.ts';
import { visitAllMappings } from '../brute-force.ts';
import { smallCase } from '../random-mapspace.ts';

describe('exact search where children share input tiles', () => {
  it('finds the optimum when Inputs bypass the level inside an array over an output and a filter dim', () => {
    let compared = 0;
    for (let seed = 0; seed < 150; seed++) {
      const { layer, accelerator } = smallCase(seed, {
        levels: [2],
        dims: ['P', 'R', 'R', 'P', 'K'],
        bounds: [2, 4, 6],
        mostMacs: 72,
        padding: seed % 2 === 0,
        mostChildren: 4,
      });
      const levels = accelerator.levels.map((level, index) => ({
        ...level,
        capacity: index === 0 ? level.capacity : { kind: 'shared' as const, bits: 16 * 12 },
        mayKeep: index === 0 || seed % 3 === 0 ? TENSORS : (['Weights', 'Outputs'] as const),
        mustKeep: index === 0 ? TENSORS : [],
        fanOut: {
          ...level.fanOut,
          multicast: { Weights: true, Inputs: true, Outputs: true },
          dimensions:
            index === 0
              ? [
                  { name: 'X', size: 2, parallelDims: ['P'] as const },
                  { name: 'Y', size: 2, parallelDims: ['R'] as const },
                ]
              : [],
        },
      }));
      const mac = { ...accelerator.mac, instances: 4 };
      const mapspace = makeMapspace({ layer, accelerator: { ...accelerator, levels, mac } });
      if (!mapspace.feasible) continue;
      for (const objective of [EDP, ENERGY]) {
        let least = Number.POSITIVE_INFINITY;
        const scored = visitAllMappings(mapspace, 20_000, (energyPj, cycles) => {
          least = Math.min(least, objective.value(energyPj, cycles));
        });
        if (scored === null || least === Number.POSITIVE_INFINITY) continue;
        compared++;
        const result = searchExact(mapspace, objective, { cutoff: least * (1 + 1e-6) });
        if (result.kind !== 'found') throw new Error(`seed ${seed}, ${objective.name}: ${result.kind}`);
        expect(result.certificate.incumbent / least).toBeCloseTo(1, 9);
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});
