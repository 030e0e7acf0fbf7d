import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { finalMappings, layerSummaries } from '../../src/app/design-final.ts';
import { type DesignRequest, designInputs } from '../../src/app/design-inputs.ts';
import { openLayerPool } from '../../src/app/layer-pool.ts';
import { evaluateReference } from '../../src/cost/reference.ts';
import { checkMapping } from '../../src/mapping/legality.ts';
import { SMALL_DESIGN } from './small-files.ts';

async function finalOf(request: DesignRequest, withPool = true) {
  const inputs = designInputs(request);
  const pool = withPool ? openLayerPool({ workers: 1 }) : undefined;
  const [final] = await finalMappings(inputs, inputs.template, pool);
  await pool?.close();
  return { final: final!, inputs };
}

describe('finalMappings', () => {
  it('is never above the layers one by one, never below its bound, and legal', async () => {
    const { final, inputs } = await finalOf(SMALL_DESIGN);
    const { totals, layers } = final.report;
    expect(totals.edpPjCycles).toBeLessThanOrEqual(final.layerWiseEdpPjCycles);
    expect(final.networkWise!.optimal).toBe(true);
    expect(final.networkWise!.lowerBound).toBeLessThanOrEqual(totals.edpPjCycles * (1 + 1e-12));
    const accelerator = buildAccelerator(inputs.template, inputs.technology);
    for (const { layer, mapping, evaluation } of layers) {
      expect(checkMapping(layer, accelerator, mapping)).toEqual([]);
      expect(evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' })).toEqual(evaluation);
    }
    const { final: plain } = await finalOf(SMALL_DESIGN, false);
    expect(plain.networkWise).toBeNull();
    expect(plain.report.totals.edpPjCycles).toBe(final.layerWiseEdpPjCycles);
  });

  it('takes imperfect factors over where they lower the EDP of the network', async () => {
    const { final: perfect } = await finalOf(SMALL_DESIGN);
    const { final: imperfect } = await finalOf({ ...SMALL_DESIGN, finalFactors: 'imperfect' });
    expect(imperfect.report.totals.edpPjCycles).toBeLessThanOrEqual(perfect.report.totals.edpPjCycles);
    expect(imperfect.networkWise).toEqual(perfect.networkWise);
    const sum = (of: 'energyPj' | 'cycles') =>
      imperfect.report.layers.reduce((total, { layer, evaluation }) => total + layer.repeat * evaluation[of], 0);
    expect(imperfect.report.totals.edpPjCycles).toBeCloseTo(sum('energyPj') * sum('cycles'), -6);
  });

  it('maps layer by layer with a sampled mapper', async () => {
    const { final } = await finalOf({ ...SMALL_DESIGN, mapper: 'random', mapperEvaluations: 50 });
    expect(final.networkWise).toBeNull();
    expect(final.report.totals.edpPjCycles).toBe(final.layerWiseEdpPjCycles);
  });
});

describe('layerSummaries', () => {
  it('lists every layer with its own best mapping', async () => {
    const inputs = designInputs(SMALL_DESIGN);
    const pool = openLayerPool({ workers: 1 });
    const layers = await layerSummaries(inputs, inputs.template, pool);
    expect(layers.map(({ name, optimal }) => [name, optimal])).toEqual([
      ['conv', true],
      ['wide', true],
    ]);
    const { final } = await finalOf(SMALL_DESIGN, false);
    expect(layers.map(({ energyPj }) => energyPj)).toEqual(
      final.report.layers.map(({ evaluation }) => evaluation.energyPj),
    );
  });
});
