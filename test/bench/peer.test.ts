import { describe, expect, it } from 'vitest';
import { peerAccelerator } from '../../bench/inter-layer/peer-accelerators.ts';
import { comparePeer } from '../../bench/inter-layer/peer-comparison.ts';
import { readPeerData } from '../../bench/inter-layer/peer-data.ts';
import { peerSequence } from '../../bench/inter-layer/peer-sequences.ts';
import { actionsOf, drainsPj, dynamicJ } from '../../bench/inter-layer/peer-terms.ts';
import type { Accelerator } from '../../src/accelerator/accelerator.ts';
import type { Evaluation } from '../../src/cost/evaluation.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import type { LevelMapping } from '../../src/mapping/mapping.ts';
import { searchExact } from '../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../src/search/mapping/mapspace.ts';
import { EDP } from '../../src/search/mapping/objective.ts';
import type { Dim, TensorName } from '../../src/util/vocabulary.ts';
import type { LayerShape } from '../../src/workload/layer.ts';
import { makeProblem } from '../../src/workload/problem.ts';

const data = readPeerData('test/golden/accelforge')!;

function inputsOf(arch: string, workload: string): { accelerator: Accelerator; shape: LayerShape } {
  const accelerator = peerAccelerator(arch, data.architectures[arch]!, data.workloads[workload]!.word_bits);
  const first = peerSequence(workload, data.workloads[workload]!).operators[0]!;
  if (first.kind !== 'mac') throw new Error('not a layer');
  return { accelerator, shape: first.shape };
}

function published(arch: string, workload: string, mode: 'fused' | 'unfused') {
  return data.results.find((one) => one.arch === arch && one.workload === workload && one.mode === mode)!;
}

function best(accelerator: Accelerator, layer: LayerShape): Evaluation {
  const mapspace = makeMapspace({ layer, accelerator });
  if (!mapspace.feasible) throw new Error(mapspace.reason);
  const result = searchExact(mapspace, EDP, {});
  if (result.kind !== 'found' || !result.certificate.optimal) throw new Error('not proven');
  return result.evaluation;
}

const level = (
  keep: TensorName[],
  temporal: [Dim, number][] = [],
  spatial: [Dim, number, string][] = [],
): LevelMapping => ({
  temporal: temporal.map(([dim, bound]) => ({ dim, bound })),
  spatial: spatial.map(([dim, bound, array]) => ({ dim, bound, array })),
  keep,
  noMulticast: [],
});

/** Published energies are sums of single-precision numbers. */
const close = (actual: number, expected: number) => expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-7);

describe('published results of a peer, one matrix product', () => {
  it('tpu_v4i, 64: the optimum with drains', () => {
    const { accelerator, shape } = inputsOf('tpu_v4i', 'two-matmuls-64');
    const evaluation = best(accelerator, shape);
    close(evaluation.energyPj, 1.064206336e6);
    close(
      evaluation.energyPj + drainsPj(accelerator, evaluation, 8),
      (published('tpu_v4i', 'two-matmuls-64', 'unfused').energy_J / 2) * 1e12,
    );
    // 21.01 cycles of the outermost level, in whole ones.
    expect(evaluation.cycles).toBe(22);
    close(published('tpu_v4i', 'two-matmuls-64', 'unfused').latency_s / 2, 98_304 / 4.912e12);
  });

  it('tpu_v4i, 128: the optimum with drains and all of the array in use', () => {
    const { accelerator, shape } = inputsOf('tpu_v4i', 'three-matmuls-128');
    const evaluation = best(accelerator, shape);
    const theirs = published('tpu_v4i', 'three-matmuls-128', 'unfused');
    close(evaluation.energyPj, 3.852075e6);
    const weights = actionsOf(theirs, 'GlobalBuffer', 'read', (tensor) => tensor.startsWith('W')) / 3;
    const more = (weights - evaluation.levels[1]!.tensors.Weights.reads * 8) * accelerator.levels[1]!.energy.readPj;
    close(evaluation.energyPj + drainsPj(accelerator, evaluation, 8) + more, (theirs.energy_J / 3) * 1e12);
  });

  it('eyeriss, 64: their mapping has their counts', () => {
    const { accelerator, shape } = inputsOf('eyeriss', 'two-matmuls-64');
    const mapping = {
      levels: [
        level(['Weights', 'Inputs', 'Outputs']),
        level(
          ['Weights'],
          [['N', 4]],
          [
            ['N', 8, 'X'],
            ['C', 8, 'Y'],
          ],
        ),
        level(['Inputs'], [['K', 2]]),
        level(
          ['Weights'],
          [
            ['N', 2],
            ['K', 32],
            ['C', 8],
          ],
        ),
        level(['Outputs']),
      ],
    };
    const evaluation = evaluateReference(shape, accelerator, mapping, { temporalReuse: 'exact' });
    if (!evaluation.feasible) throw new Error(evaluation.violations[0]!.message);
    const theirs = published('eyeriss', 'two-matmuls-64', 'unfused');
    close(evaluation.energyPj, 1.679183439e6);
    close(
      evaluation.energyPj + drainsPj(accelerator, evaluation, 8),
      (dynamicJ(data.architectures.eyeriss!, theirs) / 2) * 1e12,
    );
    expect(evaluation.cycles).toBe(5860);
    const rows = [
      [1, 'GlobalBuffer', 'Weights', 'W0'],
      [2, 'InputScratchpad', 'Inputs', 'T0'],
      [3, 'WeightScratchpad', 'Weights', 'W0'],
    ] as const;
    for (const [index, component, tensor, name] of rows) {
      const { reads, fills } = evaluation.levels[index]!.tensors[tensor];
      // Their action of the global buffer is 64 bits.
      const bits = index === 1 ? 64 : 1;
      expect([reads * 8, fills * 8]).toEqual(
        (['read', 'write'] as const).map((kind) => bits * actionsOf(theirs, component, kind, (one) => one === name)),
      );
    }
  });

  it('simple, 64: one level, by hand', () => {
    const { accelerator, shape } = inputsOf('simple', 'two-matmuls-64');
    const evaluation = best(accelerator, shape);
    expect(evaluation.energyPj / 1e12).toBe(8_617_984);
    expect(evaluation.cycles).toBe(64 ** 3);
    expect(published('simple', 'two-matmuls-64', 'unfused')).toMatchObject({
      energy_J: 17_235_968,
      latency_s: 2 * 64 ** 3,
    });
  });

  it('tpu_v4i, 64, fused: the tensor between two products stays in the global buffer', () => {
    const theirs = published('tpu_v4i', 'two-matmuls-64', 'fused');
    const { ours, leakagePj } = comparePeer(data, theirs, ['off', 'retain'], Number.POSITIVE_INFINITY);
    const [off, retain] = ours;
    // By hand: 2 x 32,768 bits less of the main memory, a write and a read of the buffer more.
    close(retain!.energyPj, 2 * 1.064206336e6 - 2 * 32_768 * 7.03 + 32_768 * (2.36 + 1.88));
    expect(retain!.seconds * 1.05e9).toBeCloseTo(32, 6);
    close(retain!.energyPj + retain!.drainsPj + retain!.forcedPj, theirs.energy_J * 1e12);
    expect(Math.abs(leakagePj)).toBeLessThan(1);
    expect([off!.isProven, retain!.isProven]).toEqual([true, true]);
    expect(retain!.edpJs).toBeLessThan(off!.edpJs);
    expect(retain!.edpJs).toBeLessThan(theirs.edp);
  });

  it('tpu_v4i, 128, fused: both tensors between three products stay', () => {
    const theirs = published('tpu_v4i', 'three-matmuls-128', 'fused');
    const [retain] = comparePeer(data, theirs, ['retain'], Number.POSITIVE_INFINITY).ours;
    close(retain!.energyPj + retain!.drainsPj + retain!.forcedPj, theirs.energy_J * 1e12);
    expect(retain!.forcedPj).toBeGreaterThan(0);
    expect(retain!.edpJs).toBeLessThan(theirs.edp);
  });
});

describe('drains', () => {
  it('count what every child sends, before it is added up on the way', () => {
    const { accelerator } = inputsOf('eyeriss', 'two-matmuls-64');
    const [outer, array] = accelerator.levels;
    const keep: TensorName[] = ['Weights', 'Inputs', 'Outputs'];
    const free = { capacity: { kind: 'unlimited' as const }, mayKeep: keep, mustKeep: keep };
    const inner = { ...accelerator.levels[4]!, ...free };
    const flat = { ...accelerator, levels: [outer!, { ...array!, ...free }, inner] };
    const shape = {
      problem: makeProblem({ name: 'l', bounds: { K: 3, C: 4 } }),
      wordBits: { Weights: 8, Inputs: 8, Outputs: 8 },
    };
    const mapping = { levels: [level(keep), level(keep, [], [['C', 4, 'Y']]), level(keep, [['K', 3]])] };
    const evaluation = evaluateReference(shape, flat, mapping, { temporalReuse: 'exact' });
    if (!evaluation.feasible) throw new Error(evaluation.violations[0]!.message);
    close(drainsPj(flat, evaluation, 8), 3 * 8 * array!.energy.readPj + 4 * 3 * 8 * inner.energy.readPj);
  });
});
