import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../../src/accelerator/accelerator.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';
import { perTensor, TENSORS } from '../../../../src/util/vocabulary.ts';
import { smallCase } from '../random-mapspace.ts';

/** The accelerator with an array of P times R below every level but the innermost, over wires on which children share Inputs. */
function withSharedWires(accelerator: Accelerator, outermost: boolean): Accelerator {
  const wires = { geometry: 'line', hopMm: 0.1, pjPerBitHop: 0.3, areaMm2: 0 } as const;
  const axes = (['P', 'R'] as const).map((dim) => ({ name: dim, size: 2, parallelDims: [dim] }));
  let instances = 1;
  const levels = accelerator.levels.map((level, index) => {
    const own = instances;
    const dimensions = index === accelerator.levels.length - 1 || (index === 0 && !outermost) ? [] : axes;
    if (dimensions.length > 0) instances *= 4;
    const mayKeep = index % 2 === 0 ? TENSORS : (['Weights', 'Outputs'] as const);
    const fanOut = { dimensions, multicast: perTensor(() => true), hopEnergyPj: 0, wires };
    return { ...level, instances: own, mayKeep, mustKeep: index === 0 ? TENSORS : [], fanOut };
  });
  return { ...accelerator, levels, mac: { ...accelerator.mac, instances } };
}

describe('complete mappings that an exact search scores', () => {
  it('are none where only better ones than the optimum are of interest: their bound is their value, also on wires that children share', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.nat(1e9), fc.boolean(), (seed, outermost) => {
        const { layer, accelerator } = smallCase(seed, {
          levels: [3],
          dims: ['P', 'R', 'K', 'C'],
          bounds: [2, 4, 6],
          mostMacs: 150,
          padding: false,
          mostChildren: 4,
          blocks: false,
        });
        const mapspace = makeMapspace({ layer, accelerator: withSharedWires(accelerator, outermost) });
        if (!mapspace.feasible) return;
        const best = searchExact(mapspace, EDP);
        if (best.kind !== 'found') return;
        compared++;
        const { incumbent } = best.certificate;
        const below = searchExact(mapspace, EDP, { cutoff: incumbent * (1 - 1e-9) });
        expect(below).toMatchObject({ kind: 'bounded', certificate: { evaluations: 0 } });
      }),
      { numRuns: 60, seed: 20_261_130 },
    );
    expect(compared).toBeGreaterThan(40);
  });
});
