import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { type DesignInputs, designInputs } from '../../../src/app/design/inputs.ts';
import { networkFigures } from '../../../src/app/explain/layer-summary.ts';
import { LAYER_BY_LAYER } from '../../../src/app/layers/between-layers.ts';
import {
  designMapperSettings,
  finalMapping,
  finalMappings,
  isProven,
  layerSummaries,
  mapLayerWise,
  nearWhole,
} from '../../../src/app/layers/final-mapping.ts';
import { type LayerPool, openLayerPool } from '../../../src/app/layers/layer-pool.ts';
import { loadDataflow } from '../../../src/app/presets/load.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { checkMapping } from '../../../src/mapping/legality.ts';
import type { DesignOptions } from '../../../src/options/design.ts';
import { EDP } from '../../../src/search/mapping/objective.ts';
import { mappedLayer } from '../../search/mapping/mapped-layer.ts';
import { FIVE_LAYERS, ODD_NETWORK, SMALL_DESIGN } from '../small-files.ts';

const SMALL: DesignOptions = { ...SMALL_DESIGN, budget: 'shidiannao' };
const ODD: DesignOptions = { ...SMALL, workloads: [ODD_NETWORK] };

/** The final mappings of the baseline for a request, mapped once. */
function finalOf(request: DesignOptions): ReturnType<typeof mapFinally> {
  const key = JSON.stringify(request);
  const final = FINALS.get(key) ?? mapFinally(request);
  FINALS.set(key, final);
  return final;
}

const FINALS = new Map<string, ReturnType<typeof mapFinally>>();

async function mapFinally(request: DesignOptions) {
  const inputs = designInputs(request);
  const pool = openLayerPool({ workers: 1 });
  const [final] = await finalMappings(inputs, inputs.template, pool);
  await pool.close();
  return { final: final!, inputs };
}

/** The best mapping of every layer on its own. */
function layerWise(inputs: DesignInputs) {
  const accelerator = buildAccelerator(inputs.template, inputs.technology);
  const how = { settings: designMapperSettings(inputs, 'perfect'), pool: openLayerPool({ workers: 1 }) };
  return mapLayerWise(inputs.networks[0]!, accelerator, how);
}

describe('finalMappings', () => {
  it('is never above the layers one by one, never below its bound, and legal', async () => {
    const { final, inputs } = await finalOf(SMALL);
    const { totals, layers } = final.report;
    expect(totals.edpPjCycles).toBeLessThanOrEqual(final.layerWiseEdpPjCycles);
    expect(final.networkWise!.optimal).toBe(true);
    expect(final.networkWise!.lowerBound).toBeLessThanOrEqual(totals.edpPjCycles * (1 + 1e-12));
    const accelerator = buildAccelerator(inputs.template, inputs.technology);
    for (const { layer, mapping, evaluation } of layers) {
      expect(checkMapping(layer, accelerator, mapping)).toEqual([]);
      expect(evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' })).toEqual(evaluation);
    }
    const plain = await layerWise(inputs);
    expect(plain.report.totals.edpPjCycles).toBe(final.layerWiseEdpPjCycles);
  });

  it('takes imperfect factors over where they lower the EDP of the network', async () => {
    const { final: perfect } = await finalOf(ODD);
    const { final: imperfect, inputs } = await finalOf({ ...ODD, finalFactors: 'imperfect' });
    expect(perfect).toMatchObject({ factors: 'perfect', replacedLayers: 0 });
    expect(perfect.perfectEdpPjCycles).toBe(perfect.report.totals.edpPjCycles);
    expect(imperfect.factors).toBe('imperfect');
    expect(imperfect.replacedLayers).toBeGreaterThan(0);
    expect(imperfect.perfectEdpPjCycles).toBe(perfect.report.totals.edpPjCycles);
    expect(imperfect.layerWiseEdpPjCycles).toBe(perfect.layerWiseEdpPjCycles);
    expect(imperfect.networkWise).toEqual(perfect.networkWise);
    const { layers, totals } = imperfect.report;
    expect(totals.edpPjCycles).toBeLessThan(perfect.report.totals.edpPjCycles);
    const sum = (of: 'energyPj' | 'cycles') =>
      layers.reduce((total, { layer, evaluation }) => total + layer.repeat * evaluation[of], 0);
    expect(totals.edpPjCycles).toBeCloseTo(sum('energyPj') * sum('cycles'), -6);
    const accelerator = buildAccelerator(inputs.template, inputs.technology);
    for (const { layer, mapping, evaluation } of layers) {
      expect(checkMapping(layer, accelerator, mapping)).toEqual([]);
      expect(evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' })).toEqual(evaluation);
    }
  });

  it('proves layers over the final factors alone', async () => {
    const { final: perfect } = await finalOf(ODD);
    expect(perfect.proofs.map((_, i) => isProven(perfect, i))).toEqual([true, true]);
    const { final: imperfect } = await finalOf({ ...ODD, finalFactors: 'imperfect' });
    for (const [i, proof] of imperfect.proofs.entries()) {
      expect(isProven(imperfect, i)).toBe(proof?.optimal ?? false);
      if (proof !== null) expect(proof.value).toBe(imperfect.report.layers[i]!.evaluation.edpPjCycles);
    }
    expect(isProven({ ...perfect, proofs: [null, null] }, 0)).toBe(true);
    expect(isProven({ ...perfect, proofs: [null, null], factors: 'imperfect' }, 0)).toBe(false);
  });

  it('keeps to a dataflow with both kinds of factors', async () => {
    const inputs = designInputs({ ...SMALL, finalFactors: 'imperfect' });
    const pool = openLayerPool({ workers: 1 });
    const [free] = await finalMappings(inputs, inputs.template, pool);
    const [within] = await finalMappings(inputs, inputs.template, pool, {
      dataflow: loadDataflow('weight-stationary'),
    });
    await pool.close();
    expect(within!.perfectEdpPjCycles).toBeGreaterThan(free!.perfectEdpPjCycles!);
    expect(within!.report.totals.edpPjCycles).toBeLessThanOrEqual(within!.perfectEdpPjCycles!);
    expect(within!.report.totals.edpPjCycles).toBeGreaterThan(free!.report.totals.edpPjCycles);
  });

  it('is never above what a search with imperfect factors found', async () => {
    const request = {
      ...SMALL,
      workloads: [ODD_NETWORK],
      factors: 'imperfect',
      finalFactors: 'imperfect',
    } as const;
    const { final, inputs } = await finalOf(request);
    const pool = openLayerPool({ workers: 1 });
    const layers = await layerSummaries(inputs, inputs.template, pool);
    await pool.close();
    const sum = (of: 'energyPj' | 'cycles') => layers.reduce((total, layer) => total + layer.repeat * layer[of], 0);
    expect(final.report.totals.edpPjCycles).toBeLessThanOrEqual(sum('energyPj') * sum('cycles') * (1 + 1e-12));
  });

  it('counts no layer as replaced that other factors serve alike', async () => {
    const inputs = designInputs({ ...SMALL, workloads: [FIVE_LAYERS], mapper: 'random', mapperEvaluations: 20 });
    const [network] = inputs.networks;
    const accelerator = buildAccelerator(inputs.template, inputs.technology);
    // Two shapes gain together only, so that all are taken at once; the others are the same with both kinds of factors.
    const pool: LayerPool = {
      workers: 1,
      map: async (works, onResult = () => {}) =>
        works.map((work, i) => {
          const mapped = mappedLayer(work.layers[0]!, accelerator, EDP, work.settings);
          const [energyPj, cycles] = i > 1 ? [1, 1] : work.settings.factors === 'perfect' ? [1, 1000] : [800, 0.5];
          const evaluation = { ...mapped.evaluation, energyPj, cycles, edpPjCycles: energyPj * cycles };
          const result = { kind: 'mapped', layers: [{ ...mapped, evaluation }], seconds: 0 } as const;
          onResult(result, i);
          return result;
        }),
      close: async () => undefined,
    };
    const plan = {
      settings: designMapperSettings(inputs, 'perfect'),
      finalSettings: designMapperSettings(inputs, 'imperfect'),
      between: LAYER_BY_LAYER,
    };
    const final = await finalMapping(network!, accelerator, plan, pool);
    expect(final.report.layers.map(({ evaluation }) => evaluation.energyPj)).toEqual([800, 800, 800, 1, 1]);
    expect(final.replacedLayers).toBe(3);
  });

  it('maps layer by layer with a sampled mapper', async () => {
    const { final } = await finalOf({ ...SMALL, mapper: 'random', mapperEvaluations: 50 });
    expect(final.networkWise).toBeNull();
    expect(final.report.totals.edpPjCycles).toBe(final.layerWiseEdpPjCycles);
  });
});

describe('layerSummaries', () => {
  it('lists every layer with its own best mapping', async () => {
    const inputs = designInputs(SMALL);
    const pool = openLayerPool({ workers: 1 });
    const layers = await layerSummaries(inputs, inputs.template, pool);
    await pool.close();
    expect(layers.map(({ name, optimal }) => [name, optimal])).toEqual([
      ['conv', true],
      ['wide', true],
    ]);
    const final = await layerWise(inputs);
    expect(layers.map(({ energyPj }) => energyPj)).toEqual(
      final.report.layers.map(({ evaluation }) => evaluation.energyPj),
    );
  });
});

describe('a network nearly as a whole', () => {
  it('lies between its layers one by one and its optimum', async () => {
    for (const budget of ['shidiannao', 'eyeriss']) {
      const inputs = designInputs({ ...SMALL, workloads: [FIVE_LAYERS], budget, finalFactors: 'perfect' });
      const { report } = await layerWise(inputs);
      const pool = openLayerPool({ workers: 1 });
      const [near] = (await nearWhole(inputs, inputs.template, [networkFigures(report)], pool))!;
      const [final] = await finalMappings(inputs, inputs.template, pool);
      await pool.close();
      const edp = near!.report.totals.edpPjCycles;
      expect(edp).toBeLessThanOrEqual(report.totals.edpPjCycles * (1 + 1e-12));
      expect(edp).toBeGreaterThanOrEqual(final!.report.totals.edpPjCycles * (1 - 1e-12));
    }
  });

  it('is not asked for where the end compares something else', async () => {
    const inputs = designInputs({ ...SMALL, mapper: 'random', mapperEvaluations: 50 });
    const pool = openLayerPool({ workers: 1 });
    expect(await nearWhole(inputs, inputs.template, [], pool)).toBeNull();
    await pool.close();
  });
});
