import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAccelerator, loadDataflow, loadWorkload } from '../../../src/app/presets/load.ts';
import { dataflowOf, stationarityOf } from '../../../src/cost/analysis/stationarity.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import type { LevelMapping } from '../../../src/mapping/mapping.ts';
import { flattenNest } from '../../../src/mapping/nest.ts';
import { EDP } from '../../../src/search/mapping/objective.ts';
import { type Dim, TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { EXACT, mappedLayer } from '../../search/mapping/mapped-layer.ts';
import { costCase } from '../arbitraries.ts';

describe('stationarityOf', () => {
  it('gives the reuse by which the model fetches weights less often than loops run', () => {
    fc.assert(
      fc.property(costCase({ imperfect: false, padding: false, maxMacs: 400 }), fc.boolean(), (one, isRefetched) => {
        const { layer, mapping } = one;
        const levels = one.accelerator.levels.map((level, i) =>
          i > 0 && isRefetched ? { ...level, refetch: ['Weights' as const] } : level,
        );
        const accelerator = { ...one.accelerator, levels };
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

  /** Two levels that keep everything; loops of DRAM in time and space, then those of the PEs. */
  const summaryOf = (
    bounds: Partial<Record<Dim, number>>,
    outside: LevelMapping['temporal'],
    parallel: LevelMapping['spatial'],
    inside: LevelMapping['temporal'],
  ) => {
    const { layer: any, accelerator: wide } = fc.sample(costCase({ imperfect: false, padding: false, maxMacs: 1 }), {
      numRuns: 1,
      seed: 1,
    })[0]!;
    const dimensions = [
      { name: 'X', size: 16, parallelDims: 'any' as const },
      { name: 'Y', size: 16, parallelDims: 'any' as const },
    ];
    const multicast = { Weights: true, Inputs: true, Outputs: true };
    const [dram, pe] = wide.levels;
    const fanOut = { ...dram!.fanOut, dimensions, multicast };
    const accelerator = {
      ...wide,
      levels: [
        { ...dram!, fanOut },
        { ...pe!, instances: 256, fanOut: { ...fanOut, dimensions: [] } },
      ],
    };
    const layer = { ...any, problem: makeProblem({ name: 'by hand', bounds }) };
    const mapping = {
      levels: [
        { temporal: outside, spatial: parallel, keep: TENSORS, noMulticast: [] },
        { temporal: inside, spatial: [], keep: TENSORS, noMulticast: [] },
      ],
    };
    const evaluation = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
    if (!evaluation.feasible) throw new Error(evaluation.violations[0]!.message);
    return dataflowOf(layer, accelerator, mapping, evaluation);
  };

  it('calls a mapping row stationary only if a row of outputs passes each PE in time', () => {
    const bounds = { K: 2, P: 8, Q: 4, R: 3, S: 3 };
    const again = [{ dim: 'K', bound: 2 }] as const;
    const rows = { dim: 'R', bound: 3, array: 'X' } as const;
    const inside = [
      { dim: 'P', bound: 8 },
      { dim: 'S', bound: 3 },
    ] as const;
    expect(summaryOf(bounds, again, [rows], [{ dim: 'Q', bound: 4 }, ...inside]).name).toBe('row stationary');
    const parallel = summaryOf(bounds, again, [rows, { dim: 'Q', bound: 4, array: 'Y' }], inside);
    expect(parallel.reuse.Weights).toBe(8);
    expect(parallel.name).not.toBe('row stationary');
  });

  it('counts every partial sum that leaves a PE, also those that are added on the way', () => {
    const { reuse } = summaryOf({ C: 2, P: 3 }, [], [{ dim: 'C', bound: 2, array: 'X' }], [{ dim: 'P', bound: 3 }]);
    expect(reuse).toEqual({ Weights: 3, Inputs: 1, Outputs: 1 });
  });
});
