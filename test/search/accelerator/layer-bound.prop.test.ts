import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import type { Mapping } from '../../../src/mapping/mapping.ts';
import { type Factors, layerBound } from '../../../src/search/mapping/bounds/layer-bound.ts';
import { layerDemand } from '../../../src/search/mapping/bounds/layer-demand.ts';
import { ceilDiv, divisors } from '../../../src/util/integers.ts';
import { Random } from '../../../src/util/random.ts';
import { DIMS, type Dim, perDim, perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { type CostCase, costCase } from '../../cost/arbitraries.ts';
import { overheadCase } from '../../cost/overhead-arbitraries.ts';
import { residentCase } from '../../cost/residency-arbitraries.ts';
import { BUDGETS, layerOf } from './fixtures.ts';
import { greedyMapping } from './stand-in-mappers.ts';

/** Wires the array dimensions for the dims that the mapping uses there, and no more. */
function tightWires({ accelerator, mapping }: CostCase): Accelerator {
  const levels = accelerator.levels.map((level, i) => {
    const dimensions = level.fanOut.dimensions.map((axis) => ({
      ...axis,
      parallelDims: [
        ...new Set(mapping.levels[i]!.spatial.flatMap((loop) => (loop.array === axis.name ? [loop.dim] : []))),
      ],
    }));
    return { ...level, fanOut: { ...level.fanOut, dimensions } };
  });
  return { ...accelerator, levels };
}

function expectAdmissible(layer: LayerShape, accelerator: Accelerator, mapping: Mapping, factors: Factors): boolean {
  const result = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
  if (!result.feasible) return false;
  const bound = layerBound(layerDemand(layer), accelerator, factors);
  expect(bound.cycles).toBeLessThanOrEqual(result.cycles);
  expect(bound.energyPj).toBeLessThanOrEqual(result.energyPj * (1 + 1e-12));
  return true;
}

describe('layerBound', () => {
  for (const imperfect of [false, true])
    for (const padding of [false, true])
      it(`is never above a mapping (${imperfect ? 'imperfect' : 'perfect'}${padding ? ', padded' : ''})`, () => {
        const factors = imperfect ? 'imperfect' : 'perfect';
        let checked = 0;
        fc.assert(
          fc.property(costCase({ imperfect, padding, maxMacs: 400 }), fc.boolean(), (one, tight) => {
            const accelerator = tight ? tightWires(one) : one.accelerator;
            if (expectAdmissible(one.layer, accelerator, one.mapping, factors)) checked++;
          }),
          { numRuns: 300 },
        );
        expect(checked).toBeGreaterThan(90);
      });

  it('is never above a mapping of a step with retained operands, and follows where they are', () => {
    const lower = new Set<string>();
    fc.assert(
      fc.property(residentCase(overheadCase({ imperfect: true, padding: true, maxMacs: 120 })), (one) => {
        const accelerator = tightWires(one);
        expect(expectAdmissible(one.layer, accelerator, one.mapping, 'imperfect')).toBe(true);
        const { residency, ...alone } = one.layer;
        const island = layerBound(layerDemand(alone), accelerator, 'imperfect').energyPj;
        if (layerBound(layerDemand(one.layer), accelerator, 'imperfect').energyPj < island)
          lower.add(residency.outputs);
      }),
      { numRuns: 100 },
    );
    expect([...lower].sort()).toEqual(['in-place', 'outermost', 'staged']);
  });

  for (const imperfect of [false, true])
    it(`is never above a mapping on levels with overheads (${imperfect ? 'imperfect' : 'perfect'}), and sometimes as fast`, () => {
      let checked = 0;
      let reached = 0;
      fc.assert(
        fc.property(overheadCase({ imperfect, padding: false, maxMacs: 60 }), ({ layer, accelerator, mapping }) => {
          const factors = imperfect ? 'imperfect' : 'perfect';
          if (!expectAdmissible(layer, accelerator, mapping, factors)) return;
          checked++;
          const { cycles } = layerBound(layerDemand(layer), accelerator, factors);
          const result = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
          if (result.feasible && result.cycles === cycles && result.cycles > result.computeCycles) reached++;
        }),
        { numRuns: 260, seed: 20_261_130 },
      );
      expect(checked).toBeGreaterThan(60);
      expect(reached).toBeGreaterThan(3);
    });

  it('holds the leakage of all instances over the least latency', () => {
    const { baseline, technology } = BUDGETS[0]!;
    const accelerator = buildAccelerator(baseline, technology);
    const demand = layerDemand(layerOf('fc', { K: 16, C: 8 }));
    const leaking = accelerator.levels.map((level, i) => ({ ...level, leakagePjPerCycle: i }));
    const [dry, wet] = [0, 1].map((share) => {
      const levels = leaking.map((level) => ({ ...level, leakagePjPerCycle: share * level.leakagePjPerCycle }));
      return layerBound(demand, { ...accelerator, levels }, 'perfect');
    });
    const perCycle = leaking.reduce((sum, level) => sum + level.leakagePjPerCycle * level.instances, 0);
    expect(wet!.cycles).toBe(dry!.cycles);
    expect(wet!.energyPj - dry!.energyPj).toBeCloseTo(perCycle * dry!.cycles, 6);
  });

  it('is never above greedy mappings of small layers on the presets', () => {
    const size = fc.constantFrom(1, 2, 3, 4, 6, 8);
    const bounds = fc.record({
      G: fc.constantFrom(1, 4),
      K: size,
      C: size,
      P: size,
      Q: size,
      R: fc.constantFrom(1, 3),
      S: fc.constantFrom(1, 3),
    });
    fc.assert(
      fc.property(fc.constantFrom(...BUDGETS), bounds, fc.constantFrom(1, 2), (one, dims, stride) => {
        const layer = layerOf('any', dims, { stride: [stride, stride] });
        const accelerator = buildAccelerator(one.baseline, one.technology);
        const mapping = greedyMapping(layer, accelerator, DIMS);
        expect(expectAdmissible(layer, accelerator, mapping, 'perfect')).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is reached by one MAC that takes its words straight from DRAM where wires are free', () => {
    const { baseline, technology } = BUDGETS[0]!;
    const levels = baseline.levels.map((level) => ({
      ...level,
      blockWords: 1,
      fanOut: { ...level.fanOut, wires: 'free' as const },
    }));
    const accelerator = buildAccelerator({ ...baseline, levels }, technology);
    const layer = layerOf('one', {});
    const onlyDram = { temporal: [], spatial: [], keep: [], noMulticast: [] };
    const mapping = { levels: [{ ...onlyDram, keep: TENSORS }, onlyDram, onlyDram] };
    const result = evaluateReference(layer, accelerator, mapping, { temporalReuse: 'exact' });
    const bound = layerBound(layerDemand(layer), accelerator, 'perfect');
    expect(result).toMatchObject({ feasible: true, cycles: bound.cycles });
    if (result.feasible) expect(bound.energyPj).toBeCloseTo(result.energyPj, 9);
  });
});

describe('energy bound', () => {
  it('shares words among MACs only where the network multicasts', () => {
    const { baseline, technology } = BUDGETS.find((one) => one.name === 'nvdla-256')!;
    const demand = layerDemand(layerOf('any', { K: 8, C: 32, P: 64, Q: 64 }));
    const boundWith = (multicast: boolean) => {
      const levels = baseline.levels.map((level) => ({
        ...level,
        // Only the buffer can feed the MACs.
        mayKeep: level.role === 'register-file' ? [] : TENSORS,
        fanOut: { ...level.fanOut, multicast: perTensor(() => multicast) },
      }));
      const accelerator = buildAccelerator({ ...baseline, levels }, technology);
      return { bound: layerBound(demand, accelerator, 'perfect').energyPj, accelerator };
    };
    const shared = boundWith(true);
    const single = boundWith(false);
    const { readPj, updatePj } = single.accelerator.levels[1]!.energy;
    const perWord = 1 / single.accelerator.levels[1]!.blockWords;
    // Inputs: 8 filters share a word; partial sums of 16 bits on 32 channels are summed on the way, or updated (and read back) one by one.
    const inputs = demand.macs * readPj * 2 * perWord * (1 - 1 / 8);
    const updates = demand.macs * updatePj * 4 * perWord * (1 - 1 / 32);
    expect(single.bound - shared.bound).toBeGreaterThanOrEqual((inputs + updates) * 0.999);
  });
});

describe('compute bound', () => {
  const accelerator = buildAccelerator(
    {
      ...BUDGETS.find((one) => one.name === 'nvdla-256')!.baseline,
    },
    BUDGETS.find((one) => one.name === 'nvdla-256')!.technology,
  );
  const unlimited: Accelerator = {
    ...accelerator,
    levels: accelerator.levels.map((level) => ({ ...level, bandwidth: {} })),
  };

  it('counts the PEs that divisors can use, and those that ragged loops can', () => {
    // 32 x 8 array for C x K; 24 channels divide by 24, 10 filters by 5.
    const demand = layerDemand(layerOf('any', { K: 10, C: 24, P: 3 }));
    expect(layerBound(demand, unlimited, 'perfect').cycles).toBe(3 * 2);
    expect(layerBound(demand, unlimited, 'imperfect').cycles).toBe(3 * 2);
    const odd = layerDemand(layerOf('any', { K: 11, C: 33, P: 3 }));
    expect(layerBound(odd, unlimited, 'perfect').cycles).toBe(11 * 3 * 3);
    expect(layerBound(odd, unlimited, 'imperfect').cycles).toBe(2 * 2 * 3);
  });

  it('knows the bandwidth of DRAM', () => {
    // 5 GB/s at 1 GHz: 5 B per cycle; 1000 + 500 words of 16 bit in, 2 of 8 bit out.
    const demand = layerDemand(layerOf('any', { K: 2, C: 500 }));
    expect(layerBound(demand, accelerator, 'perfect').cycles).toBe(Math.ceil((1500 * 1 + 2) / 5));
  });
});

describe('layerDemand', () => {
  it('counts words that take part, like a walk over all MACs', () => {
    const small = fc.integer({ min: 1, max: 4 });
    const shape = fc.record({
      K: small,
      C: small,
      P: small,
      Q: small,
      R: small,
      S: small,
      G: fc.integer({ min: 1, max: 2 }),
    });
    const pair = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(shape, pair, pair, fc.nat(2), (bounds, stride, dilation, padding) => {
        const spans = [
          (bounds.P - 1) * stride[0] + (bounds.R - 1) * dilation[0] + 1,
          (bounds.Q - 1) * stride[1] + (bounds.S - 1) * dilation[1] + 1,
        ];
        const paddingBefore: [number, number] = [Math.min(padding, spans[0]! - 1), Math.min(padding, spans[1]! - 1)];
        const inputSize: [number, number] = [
          Math.max(1, spans[0]! - 2 * paddingBefore[0]),
          Math.max(1, spans[1]! - 2 * paddingBefore[1]),
        ];
        const problem = makeProblem({ name: 'any', bounds, stride, dilation, paddingBefore, inputSize });
        const demand = layerDemand({ problem, wordBits: { Weights: 8, Inputs: 8, Outputs: 8 } });
        const seen = { Weights: new Set<string>(), Inputs: new Set<string>(), Outputs: new Set<string>() };
        const words = { Weights: 0, Inputs: 0, Outputs: 0 };
        const walk = (index: Partial<Record<Dim, number>>, depth: number): void => {
          const dim = DIMS[depth];
          if (dim !== undefined) {
            for (let i = 0; i < problem.bounds[dim]; i++) walk({ ...index, [dim]: i }, depth + 1);
            return;
          }
          for (const tensor of TENSORS) {
            const { axes } = problem.tensors[tensor];
            const at = axes.map((axis) =>
              axis.terms.reduce((sum, { dim: d, coefficient }) => sum + coefficient * index[d]!, 0),
            );
            if (
              at.some((value, a) => value < axes[a]!.paddingBefore || value >= axes[a]!.paddingBefore + axes[a]!.length)
            )
              continue;
            seen[tensor].add(at.join());
            words[tensor]++;
          }
        };
        walk({}, 0);
        for (const tensor of TENSORS) {
          expect(demand.touchedWords[tensor]).toBe(seen[tensor].size);
          expect(demand.macWords[tensor]).toBe(words[tensor]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('random mappings of one layer', () => {
  it('stay above the bound on an array with diagonal sharing of inputs', () => {
    const layer = layerOf('rows', { P: 8, R: 3, C: 2, K: 4, Q: 4 });
    const eyeriss = BUDGETS.find((one) => one.name === 'eyeriss')!;
    const accelerator = buildAccelerator(eyeriss.baseline, eyeriss.technology);
    let checked = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = Random.fromSeed(seed);
        const left: Record<Dim, number> = { ...perDim((dim) => layer.problem.bounds[dim]) };
        const take = (dim: Dim): number => {
          const choices = divisors(left[dim]);
          const bound = choices[random.nextInt(choices.length)]!;
          left[dim] = ceilDiv(left[dim], bound);
          return bound;
        };
        const keepAll = { noMulticast: [], keep: TENSORS };
        const l1 = DIMS.map((dim) => ({ dim, bound: take(dim) }));
        const spatial = (['R', 'P', 'K'] as const).map((dim) => ({
          dim,
          bound: take(dim),
          array: random.nextInt(2) === 0 && dim !== 'R' ? 'X' : 'Y',
        }));
        const l2 = DIMS.map((dim) => ({ dim, bound: take(dim) }));
        const dram = DIMS.map((dim) => ({ dim, bound: left[dim] }));
        const mapping: Mapping = {
          levels: [
            { temporal: dram, spatial: [], ...keepAll },
            { temporal: l2, spatial, ...keepAll, keep: TENSORS.filter(() => random.nextInt(3) > 0) },
            { temporal: l1, spatial: [], ...keepAll, keep: TENSORS.filter(() => random.nextInt(3) > 0) },
          ],
        };
        if (expectAdmissible(layer, accelerator, mapping, 'perfect')) checked++;
      }),
      { numRuns: 400 },
    );
    expect(checked).toBeGreaterThan(100);
  });
});
