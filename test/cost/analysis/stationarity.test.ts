import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAccelerator, loadDataflow, loadWorkload } from '../../../src/app/presets/load.ts';
import { dataflowOf, stationarityOf } from '../../../src/cost/analysis/stationarity.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { flattenNest } from '../../../src/mapping/nest.ts';
import { EDP } from '../../../src/search/mapping/objective.ts';
import { EXACT, mappedLayer } from '../../search/mapping/mapped-layer.ts';
import { costCase } from '../arbitraries.ts';

describe('stationarityOf', () => {
  it('gives the reuse by which the model fetches weights less often than loops run', () => {
    fc.assert(
      fc.property(costCase({ imperfect: false, padding: false, maxMacs: 400 }), ({ layer, accelerator, mapping }) => {
        const evaluation = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
        fc.pre(evaluation.feasible);
        const above = flattenNest(mapping).filter((loop) => loop.kind === 'temporal');
        for (const [i, one] of stationarityOf(layer, accelerator, mapping).entries()) {
          const cost = evaluation.levels[i + 1]!;
          const { kept, tileWords, fills } = cost.tensors.Weights;
          if (!kept) continue;
          const iterations = above.filter((loop) => loop.level <= i).reduce((all, loop) => all * loop.bound, 1);
          const reuse = one.stationary === 'Weights' ? one.reuse : 1;
          expect(fills).toBe((tileWords * cost.instancesUsed * iterations) / reuse);
        }
      }),
    );
  });

  it('follows a run of loops through levels', () => {
    const accelerator = loadAccelerator('shidiannao');
    const { layers } = loadWorkload('dqn').network;
    const layer = layers.find(({ name }) => name === 'conv3')!;
    const { mapping } = mappedLayer(layer, accelerator);
    const moved = {
      levels: mapping.levels.map((level, i) => ({
        ...level,
        temporal:
          i === 0
            ? [
                { dim: 'K' as const, bound: 64 },
                { dim: 'Q' as const, bound: 7 },
              ]
            : i === 1
              ? [{ dim: 'P' as const, bound: 7 }]
              : [],
      })),
    };
    const last = stationarityOf(layer, accelerator, moved)[1]!;
    expect(last).toMatchObject({
      stationary: 'Weights',
      reuse: 49,
      loops: [
        { dim: 'Q', bound: 7 },
        { dim: 'P', bound: 7 },
      ],
    });
  });

  it('says so when nothing loops above a level', () => {
    const { layer, accelerator, mapping } = fc.sample(costCase({ imperfect: false, padding: false, maxMacs: 100 }), {
      numRuns: 1,
      seed: 3,
    })[0]!;
    const still = { levels: mapping.levels.map((level) => ({ ...level, temporal: [] })) };
    for (const one of stationarityOf(layer, accelerator, still))
      expect(one).toMatchObject({ loadedOnce: true, stationary: null, reuse: 1, loops: [] });
  });
});

describe('dataflowOf', () => {
  const nameOf = (accelerator: string, dataflow: string) => {
    const target = loadAccelerator(accelerator);
    const layer = loadWorkload('dqn').network.layers.find(({ name }) => name === 'conv3')!;
    const { mapping, evaluation } = mappedLayer(layer, target, EDP, { ...EXACT, dataflow: loadDataflow(dataflow) });
    return dataflowOf(layer, target, mapping, evaluation);
  };

  it('names the published dataflows as their papers do', () => {
    expect(nameOf('nvdla-256', 'weight-stationary').name).toBe('weight stationary');
    expect(nameOf('shidiannao', 'output-stationary').name).toBe('output stationary');
    expect(nameOf('eyeriss', 'row-stationary').name).toBe('row stationary');
    expect(nameOf('eyeriss', 'input-stationary').name).toBe('input stationary');
  });

  it('counts MACs per word that moves between PEs and buffer', () => {
    const { reuse, parallel, level } = nameOf('nvdla-256', 'weight-stationary');
    expect(level).toBe('Registers');
    expect(reuse.Weights).toBeGreaterThan(7);
    expect(Math.min(reuse.Weights, reuse.Inputs, reuse.Outputs)).toBeGreaterThanOrEqual(1);
    expect(parallel.map(({ dim }) => dim).sort()).toEqual(['C', 'K']);
  });
});
