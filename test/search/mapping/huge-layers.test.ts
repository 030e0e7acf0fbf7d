import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateMapping } from '../../../src/cost/evaluate.ts';
import { compileKernel } from '../../../src/cost/kernel/kernel.ts';
import { packMapping } from '../../../src/cost/packed-mapping.ts';
import { layerDemand } from '../../../src/search/mapping/bounds/layer-demand.ts';
import { leastLiveShare } from '../../../src/search/mapping/bounds/live-share.ts';
import { exactSettings, mapLayer } from '../../../src/search/mapping/map-layer.ts';
import { makeMapspace } from '../../../src/search/mapping/mapspace.ts';
import { EDP, LATENCY } from '../../../src/search/mapping/objective.ts';
import { mapspaceLog10 } from '../../../src/search/mapping/space/mapspace-size.ts';
import { raggedExtents } from '../../../src/search/mapping/space/ragged-extents.ts';
import { type Dim, perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { smallCase } from './random-mapspace.ts';

/** A layer of very large extents. */
function hugeLayer(bounds: Partial<Record<Dim, number>>, paddingBefore = 0): LayerShape {
  const padded = paddingBefore === 0 ? {} : { paddingBefore: [paddingBefore, 0] as const };
  return { problem: makeProblem({ name: 'huge', bounds, ...padded }), wordBits: perTensor(() => 8) };
}

/** DRAM, a buffer with an array of 4 x 4, registers of one word of each tensor. */
const accelerator = (() => {
  const base = smallCase(3, { levels: [3], dims: ['K'], bounds: [2], mostMacs: 8, padding: false, mostChildren: 2 });
  const levels = base.accelerator.levels.map((level, index) => ({
    ...level,
    capacity:
      index === 0 ? ({ kind: 'unlimited' } as const) : ({ kind: 'shared', bits: index === 1 ? 8192 : 24 } as const),
    doubleBuffered: false,
    wordBits: 8,
    storedBits: {},
    blockWords: 1,
    bandwidth: {},
    mayKeep: TENSORS,
    mustKeep: TENSORS,
    energy: { readPj: [100, 10, 1][index]!, fillPj: [100, 10, 1][index]!, updatePj: [100, 10, 1][index]! },
    instances: index === 2 ? 16 : 1,
    leakagePjPerCycle: 0,
    fanOut: {
      dimensions: index === 1 ? ['X', 'Y'].map((name) => ({ name, size: 4, parallelDims: 'any' as const })) : [],
      multicast: perTensor(() => true),
      hopEnergyPj: 0,
    },
  }));
  return { ...base.accelerator, levels, mac: { ...base.accelerator.mac, instances: 16 } };
})();

describe('a layer of any extents', () => {
  it.each([
    [{ P: 16_777_217, C: 4, K: 4 }, 16_777_217],
    [{ P: 104_729, C: 104_729, K: 104_729 }, 1_148_684_789_012_489],
    [{ P: 2 ** 31 - 1 }, 2_147_483_647],
    [{ P: 2 ** 18, C: 2 ** 18, K: 2 ** 17 }, 2 ** 49],
  ] as const)('is mapped and proven with perfect factors: %o', (bounds, cycles) => {
    const outcome = mapLayer(hugeLayer(bounds), accelerator, LATENCY, exactSettings({ factors: 'perfect' }));
    expect(outcome).toMatchObject({ kind: 'mapped', evaluation: { cycles }, proof: { optimal: true } });
  });

  it('is mapped without listing the tiles between its paddings', () => {
    const settings = exactSettings({ factors: 'perfect' });
    const outcome = mapLayer(hugeLayer({ P: 2 ** 30, R: 3, K: 2 }, 2), accelerator, EDP, settings);
    expect(outcome).toMatchObject({
      kind: 'mapped',
      evaluation: { cycles: (2 ** 30 * 6) / 16 },
      proof: { optimal: true },
    });
    if (outcome.kind !== 'mapped') return;
    expect(outcome.evaluation.levels[0]!.tensors.Inputs.reads).toBe(2 ** 30);
  });

  it('is mapped with imperfect factors, with a gap where not all extents are listed', () => {
    const settings = exactSettings({ factors: 'imperfect', imperfectNodes: 2_000 });
    const outcome = mapLayer(hugeLayer({ P: 2_000_003, C: 2_000_003 }), accelerator, EDP, settings);
    if (outcome.kind !== 'mapped') throw new Error(outcome.kind);
    // Of 16 PEs all but a ragged round have work.
    expect(outcome.evaluation.cycles).toBeGreaterThanOrEqual(2_000_003 ** 2 / 16);
    expect(outcome.evaluation.cycles).toBeLessThan(2_000_003 ** 2 / 15);
    expect(outcome.proof.lowerBound!).toBeLessThanOrEqual(outcome.proof.value);
    expect(outcome.proof.optimal).toBe(false);
  });

  it('is evaluated without walking it, with ragged loops and padding', () => {
    const padded = hugeLayer({ P: 2 ** 24, R: 3, K: 3 }, 1);
    const { problem } = padded;
    const none = { temporal: [], spatial: [], keep: TENSORS, noMulticast: [] };
    const outer = [{ dim: 'P', bound: Math.ceil(2 ** 24 / 15) }] as const;
    const mapping = {
      levels: [
        { ...none, temporal: outer },
        {
          ...none,
          temporal: [
            { dim: 'P', bound: 5 },
            { dim: 'K', bound: 3 },
          ],
          spatial: [{ dim: 'P', bound: 3, array: 'X' }],
        },
        { ...none, temporal: [{ dim: 'R', bound: 3 }] },
      ],
    } as const;
    const roomy = {
      ...accelerator,
      levels: accelerator.levels.map((level) => ({ ...level, capacity: { kind: 'unlimited' as const } })),
    };
    const evaluation = evaluateMapping(padded, roomy, mapping, { temporalReuse: 'exact' });
    if (!evaluation.feasible) throw new Error(evaluation.violations[0]!.message);
    const dram = evaluation.levels[0]!.tensors;
    expect(evaluation.cycles).toBe(Math.ceil(2 ** 24 / 15) * 5 * 3 * 3);
    expect(dram.Outputs.updates).toBe(3 * 2 ** 24);
    // Every stored word once: neighbouring tiles overlap by the words that the buffer still holds.
    expect(dram.Inputs.reads).toBe(problem.tensors.Inputs.axes[3]!.length);
    const kernel = compileKernel(padded, roomy, { temporalReuse: 'exact' });
    expect(kernel.evaluate(packMapping(kernel.layout, mapping)!)).toBe(0);
    expect(kernel.energyPj).toBe(evaluation.energyPj);
  });
});

describe('the demand of a layer', () => {
  it('counts the operands in the stored map as a walk does', () => {
    const size = (most: number) => fc.integer({ min: 1, max: most });
    fc.assert(
      fc.property(size(9), size(5), size(4), size(3), size(9), size(12), (P, R, stride, dilation, before, words) => {
        const span = (P - 1) * stride + (R - 1) * dilation + 1;
        const problem = makeProblem({
          name: 'walked',
          bounds: { P, R, C: 2 },
          stride: [stride, 1],
          dilation: [dilation, 1],
          paddingBefore: [Math.min(before, span) - 1, 0],
          inputSize: [words, 1],
        });
        const { paddingBefore, length } = problem.tensors.Inputs.axes[3]!;
        let inside = 0;
        for (let p = 0; p < P; p++)
          for (let r = 0; r < R; r++) {
            const word = p * stride + r * dilation - paddingBefore;
            if (word >= 0 && word < length) inside++;
          }
        expect(layerDemand({ problem, wordBits: perTensor(() => 8) }).macWords.Inputs).toBe(2 * inside);
      }),
    );
  });

  it('does not walk its extents', () => {
    expect(layerDemand(hugeLayer({ P: 2 ** 31 - 1, R: 3 }, 1)).macWords.Inputs).toBe(3 * (2 ** 31 - 1) - 1);
  });
});

describe('extents of a dim with imperfect factors', () => {
  it('are all listed while they are few, else some that chains lead through', () => {
    for (const steps of [1, 2, 97, 4096]) {
      const { extents, isComplete } = raggedExtents(steps, 3);
      expect(isComplete).toBe(true);
      expect(extents.at(-1)).toBe(steps);
      const quotients = new Set(Array.from({ length: steps }, (_, n) => Math.ceil(steps / (n + 1))));
      expect(raggedExtents(steps, 2).extents).toEqual([...quotients].sort((a, b) => a - b));
    }
    const { extents, isComplete } = raggedExtents(2 ** 31 - 1, 4);
    expect(isComplete).toBe(false);
    expect(extents.length).toBeLessThan(400);
    expect(extents.at(-1)).toBe(2 ** 31 - 1);
    for (const [i, extent] of extents.slice(1).entries()) {
      expect(extent).toBeGreaterThan(extents[i]!);
      expect(extent / extents[i]!).toBeLessThan(2.01);
    }
  });

  it('that are not listed do not raise the least share of live children', () => {
    const spatial = new Float64Array(3 * 8).fill(1);
    spatial[8 + 4] = 5;
    const mapspace = makeMapspace({ layer: hugeLayer({ P: 10_000_019 }), accelerator, factors: 'imperfect' });
    if (!mapspace.feasible) throw new Error(mapspace.reason);
    const share = leastLiveShare(mapspace.model, spatial, 4, 2);
    // A tile of a sixth leaves one of five children work in the second round.
    expect(share).toBeLessThanOrEqual(6 / 10);
    expect(share).toBeGreaterThan(0.1);
  });
});

describe('the size of the mapspace of a large layer', () => {
  it('is near the count of all chains', () => {
    const steps = 300_007;
    const mapspace = makeMapspace({
      layer: hugeLayer({ P: steps }),
      accelerator: {
        ...accelerator,
        levels: accelerator.levels.map((level) => ({ ...level, fanOut: { ...level.fanOut, dimensions: [] } })),
      },
      factors: 'imperfect',
    });
    if (!mapspace.feasible) throw new Error(mapspace.reason);
    let chains = 0;
    for (let bound = 1; bound <= steps; bound++) chains += Math.ceil(steps / bound);
    expect(10 ** mapspaceLog10(mapspace) / (chains * mapspace.keeps.count)).toBeCloseTo(1, 3);
  });
});
