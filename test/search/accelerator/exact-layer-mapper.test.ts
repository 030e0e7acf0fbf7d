import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { layerBound } from '../../../src/search/accelerator/bounds.ts';
import { layerDemand } from '../../../src/search/accelerator/demand.ts';
import { exactLayerMapper } from '../../../src/search/accelerator/exact-layer-mapper.ts';
import { budgetCase, layerOf } from './fixtures.ts';
import { greedyMapper } from './stand-in-mappers.ts';

const EDP = { kind: 'edp' } as const;
const { template, technology } = budgetCase('nvdla-256');
const accelerator = buildAccelerator(template, technology);
const layers = [
  layerOf('conv', { K: 8, C: 4, P: 6, Q: 6, R: 3, S: 3 }),
  layerOf('pointwise', { K: 16, C: 8, P: 4, Q: 4 }),
  layerOf('strided', { K: 4, C: 4, P: 4, Q: 4 }, { stride: [2, 2] }),
];

describe('exactLayerMapper', () => {
  it.each(layers)('gives the optimum of $name, between the bound and a greedy mapping', (layer) => {
    const found = exactLayerMapper({ factors: 'perfect' }).map(layer, accelerator, EDP);
    const greedy = greedyMapper().map(layer, accelerator, EDP);
    if (found.kind !== 'mapped' || greedy.kind !== 'mapped') throw new Error('not mapped');
    expect(found.optimal).toBe(true);
    expect(found.energyPj * found.cycles).toBeLessThanOrEqual(greedy.energyPj * greedy.cycles);
    const bound = layerBound(layerDemand(layer), accelerator, 'perfect');
    expect(found.energyPj).toBeGreaterThanOrEqual(bound.energyPj);
    expect(found.cycles).toBeGreaterThanOrEqual(bound.cycles);
    const scored = evaluateReference(layer, accelerator, found.mapping, { temporalReuse: 'exact' });
    expect(scored).toMatchObject({ feasible: true, energyPj: found.energyPj, cycles: found.cycles });
  });

  it('is cut if and only if the optimum is not below the cutoff', () => {
    const mapper = exactLayerMapper({ factors: 'perfect' });
    const found = mapper.map(layers[0]!, accelerator, EDP);
    if (found.kind !== 'mapped') throw new Error('not mapped');
    const edp = found.energyPj * found.cycles;
    for (const share of [0.01, 0.9, 1]) expect(mapper.map(layers[0]!, accelerator, EDP, share * edp).kind).toBe('cut');
    const above = mapper.map(layers[0]!, accelerator, EDP, 1.001 * edp);
    expect(above).toMatchObject({ kind: 'mapped', energyPj: found.energyPj, cycles: found.cycles });
    const cut = mapper.map(layers[0]!, accelerator, EDP, 0.9 * edp);
    if (cut.kind === 'cut') expect(cut.lowerBound).toBeGreaterThanOrEqual(0.9 * edp);
  });

  it('with a limit on imperfect factors is never worse than with perfect ones, and does not depend on the cutoff', () => {
    const odd = layerOf('odd', { K: 19, C: 5, P: 13, Q: 13 });
    const perfect = exactLayerMapper({ factors: 'perfect' }).map(odd, accelerator, EDP);
    const limited = (imperfectNodes: number, cutoff?: number) =>
      exactLayerMapper({ factors: 'imperfect', imperfectNodes }).map(odd, accelerator, EDP, cutoff);
    const [few, many] = [limited(1), limited(30_000)];
    if (perfect.kind !== 'mapped' || few.kind !== 'mapped' || many.kind !== 'mapped') throw new Error('not mapped');
    expect(few.energyPj * few.cycles).toBeLessThanOrEqual(perfect.energyPj * perfect.cycles);
    expect(many.energyPj * many.cycles).toBeLessThan(few.energyPj * few.cycles);
    expect(many.lowerBound).toBeLessThanOrEqual(many.energyPj * many.cycles);
    const edp = many.energyPj * many.cycles;
    for (const cutoff of [1, 0.99 * edp, 1.01 * edp]) expect(limited(30_000, cutoff)).toEqual(many);
    const unstated = exactLayerMapper({ factors: 'imperfect' });
    expect(unstated.map(odd, accelerator, EDP, 0.9 * edp)).toEqual(unstated.map(odd, accelerator, EDP));
  });
});
