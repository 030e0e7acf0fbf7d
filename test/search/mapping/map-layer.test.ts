import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { layerBound } from '../../../src/search/mapping/bounds/layer-bound.ts';
import { layerDemand } from '../../../src/search/mapping/bounds/layer-demand.ts';
import { exactSettings, type MapperSettings, mapLayer } from '../../../src/search/mapping/map-layer.ts';
import { EDP, LATENCY, ownObjective } from '../../../src/search/mapping/objective.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import { budgetCase, layerOf } from '../accelerator/fixtures.ts';
import { greedyMapper } from '../accelerator/stand-in-mappers.ts';
import { EXACT, mappedLayer } from './mapped-layer.ts';

const { baseline, technology } = budgetCase('nvdla-256');
const accelerator = buildAccelerator(baseline, technology);
const layers = [
  layerOf('conv', { K: 8, C: 4, P: 6, Q: 6, R: 3, S: 3 }),
  layerOf('pointwise', { K: 16, C: 8, P: 4, Q: 4 }),
  layerOf('strided', { K: 4, C: 4, P: 4, Q: 4 }, { stride: [2, 2] }),
] as const;

/** The outcome under a cutoff. */
function under(layer: LayerShape, settings: MapperSettings, cutoff?: number) {
  return mapLayer(layer, accelerator, EDP, settings, { cutoff });
}

describe('a layer mapped exactly', () => {
  it.each(layers)('$name: gives the optimum, between the bound and a greedy mapping', (layer) => {
    const { mapping, evaluation, proof } = mappedLayer(layer, accelerator);
    const greedy = greedyMapper()(layer, accelerator);
    if (greedy.kind !== 'mapped') throw new Error('not mapped');
    expect(proof).toMatchObject({ mapper: 'exact', optimal: true, gap: 0, value: evaluation.edpPjCycles });
    expect(proof.lowerBound).toBe(proof.value);
    expect(proof.value).toBeLessThanOrEqual(greedy.evaluation.energyPj * greedy.evaluation.cycles);
    const bound = layerBound(layerDemand(layer), accelerator, 'perfect');
    expect(evaluation.energyPj).toBeGreaterThanOrEqual(bound.energyPj);
    expect(evaluation.cycles).toBeGreaterThanOrEqual(bound.cycles);
    expect(evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' })).toEqual(evaluation);
  });

  it('is cut if and only if the optimum is not below the cutoff', () => {
    const [layer] = layers;
    const { mapping, proof } = mappedLayer(layer, accelerator);
    const edp = proof.value;
    for (const share of [0.01, 0.9, 1]) {
      const cut = under(layer, EXACT, share * edp);
      if (cut.kind !== 'cut') throw new Error(cut.kind);
      expect(cut.lowerBound).toBeGreaterThanOrEqual(share * edp);
    }
    expect(under(layer, EXACT, 1.001 * edp)).toMatchObject({ kind: 'mapped', mapping, proof: { value: edp } });
  });

  it('with a limit on imperfect factors is never worse than with perfect ones, and does not depend on the cutoff', () => {
    const odd = layerOf('odd', { K: 19, C: 5, P: 13, Q: 13 });
    const limited = (imperfectNodes: number) => exactSettings({ factors: 'imperfect', imperfectNodes });
    const [few, many] = [1, 4_000].map((nodes) => mappedLayer(odd, accelerator, EDP, limited(nodes)));
    const edp = many!.proof.value;
    expect(few!.proof.value).toBeLessThanOrEqual(mappedLayer(odd, accelerator).proof.value);
    expect(edp).toBeLessThan(few!.proof.value);
    expect(many!.proof.lowerBound).toBeLessThanOrEqual(edp);
    for (const cutoff of [1, 0.99 * edp, 1.01 * edp]) expect(under(odd, limited(4_000), cutoff)).toEqual(many);
    const small = layerOf('small', { K: 7, C: 3, P: 5, Q: 5 });
    const unstated = exactSettings({ factors: 'imperfect' });
    const best = mappedLayer(small, accelerator, EDP, unstated);
    expect(under(small, unstated, 0.9 * best.proof.value)).toEqual(best);
  });

  it('within a node limit ends without a mapping, whatever the cutoff, or guesses', () => {
    const large = layerOf('large', { K: 64, C: 48, P: 14, Q: 14, R: 3, S: 3 });
    const { value } = mappedLayer(large, accelerator).proof;
    const few = exactSettings({ factors: 'perfect', nodeLimit: 1 });
    const without = under(large, few);
    expect(without).toMatchObject({ kind: 'unmappable', reason: 'no mapping of large found within 1 nodes' });
    expect(under(large, few, 2 * value)).toEqual(without);
    const guessing = { ...few, guesses: true };
    expect(under(large, guessing, 2 * value)).toMatchObject({ kind: 'cut', lowerBound: 2 * value });
    const grown = under(large, guessing);
    if (grown.kind !== 'mapped') throw new Error(grown.kind);
    expect(grown.proof.value).toBeGreaterThanOrEqual(value);
    expect(grown.proof.lowerBound).toBeLessThanOrEqual(value);
  });
});

describe('a layer mapped by sampling', () => {
  it('has the figures of the reference model and no proof, and depends on the seed alone', () => {
    const settings = { ...EXACT, mapper: 'random', evaluations: 200, seed: 3 } as const;
    const { mapping, evaluation, proof } = mappedLayer(layers[0], accelerator, EDP, settings);
    expect(proof).toMatchObject({ mapper: 'random', optimal: false, lowerBound: null, gap: null, evaluations: 200 });
    expect(proof.value).toBe(evaluation.edpPjCycles);
    expect(evaluateReference(layers[0], accelerator, mapping, { temporalReuse: 'exact' })).toEqual(evaluation);
    expect(under(layers[0], settings, proof.value / 2)).toEqual(mappedLayer(layers[0], accelerator, EDP, settings));
    const other = mappedLayer(layers[0], accelerator, EDP, { ...settings, seed: 4 });
    expect(other.mapping).not.toEqual(mapping);
  });

  it('takes the place of the exact search where the objective is not monotone', () => {
    const falling = ownObjective('falling', (energyPj) => -energyPj, false);
    const { proof } = mappedLayer(layers[0], accelerator, falling, { ...EXACT, evaluations: 50 });
    expect(proof).toMatchObject({ mapper: 'cmaes', optimal: false, evaluations: 50 });
  });

  it('takes the less energy of equal values', () => {
    const settings = { ...EXACT, mapper: 'random', evaluations: 400, seed: 3 } as const;
    const value = (cycles: number) => Math.ceil(Math.log2(cycles) / 40);
    const figures: [number, number][] = [];
    const watched = {
      ...LATENCY,
      value: (energyPj: number, cycles: number) => {
        figures.push([energyPj, cycles]);
        return value(cycles);
      },
    };
    const { evaluation, proof } = mappedLayer(layers[0], accelerator, watched, settings);
    const energies = figures.filter(([, cycles]) => value(cycles) === proof.value).map(([energyPj]) => energyPj);
    expect(proof.value).toBe(Math.min(...figures.map(([, cycles]) => value(cycles))));
    expect(new Set(energies).size).toBeGreaterThan(1);
    expect(evaluation.energyPj).toBe(Math.min(...energies));
  });

  it('says that it found nothing, and who could tell whether there is something', () => {
    const settings = { ...EXACT, mapper: 'random', evaluations: 1, seed: 1 } as const;
    const outcome = under(layerOf('large', { K: 512, C: 512, P: 56, Q: 56, R: 3, S: 3 }), settings);
    expect(outcome).toMatchObject({ kind: 'unmappable', hint: expect.stringContaining('--mapper exact') });
  });
});
