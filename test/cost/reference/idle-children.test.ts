import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import { compileKernel } from '../../../src/cost/kernel/kernel.ts';
import { packMapping } from '../../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import type { LevelMapping, Mapping } from '../../../src/mapping/mapping.ts';
import { Random } from '../../../src/util/random.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem, type ProblemSpec } from '../../../src/workload/problem.ts';
import { sampleCase } from '../arbitraries.ts';

const EXACT = { temporalReuse: 'exact' } as const;
const plain: LevelMapping = { temporal: [], spatial: [], keep: TENSORS, noMulticast: [] };

/** Two levels that multicast, with an array of `size` between them, or inside both. */
function twoLevels(size: number, isInside: boolean): Accelerator {
  const { accelerator } = sampleCase(Random.fromSeed(1), { imperfect: true, padding: false, maxMacs: 1 });
  const levels = accelerator.levels.slice(0, 2).map((level, index) => ({
    ...level,
    fanOut: {
      ...level.fanOut,
      dimensions: index === Number(isInside) ? [{ name: 'X', size, parallelDims: 'any' as const }] : [],
      multicast: { Weights: true, Inputs: true, Outputs: true },
    },
  }));
  return { ...accelerator, levels };
}

function countsOf(spec: ProblemSpec, accelerator: Accelerator, levels: readonly LevelMapping[]) {
  const { layer } = sampleCase(Random.fromSeed(1), { imperfect: true, padding: false, maxMacs: 1 });
  const shape = { ...layer, problem: makeProblem(spec) };
  const mapping: Mapping = { levels };
  const evaluation = evaluateReference(shape, accelerator, mapping, EXACT);
  if (!evaluation.feasible) throw new Error(evaluation.violations[0]!.message);
  const kernel = compileKernel(shape, accelerator, EXACT);
  expect(kernel.toEvaluation(packMapping(kernel.layout, mapping)!)).toEqual(evaluation);
  return evaluation.levels;
}

describe('children that the last round leaves idle', () => {
  const gemm: ProblemSpec = { name: '8 = 6 + 2', bounds: { K: 8, P: 8, C: 12 } };
  const rows = [
    { dim: 'P', bound: 8 },
    { dim: 'C', bound: 12 },
  ] as const;
  const alongK = [{ dim: 'K', bound: 6, array: 'X' }] as const;

  it('are not sent what their dim does not address', () => {
    const [outer, inner] = countsOf(gemm, twoLevels(6, false), [
      { ...plain, temporal: [{ dim: 'K', bound: 2 }], spatial: alongK },
      { ...plain, temporal: rows },
    ]);
    expect([outer!.tensors.Inputs.reads, inner!.tensors.Inputs.fills, inner!.tensors.Inputs.reads]).toEqual([
      // The whole of Inputs fits: sent to six, and again to none.
      96, 576, 768,
    ]);
    expect(inner!.tensors.Outputs.updates).toBe(768);
  });

  it('take part in no hop and no addition of partial sums', () => {
    const alongC = [{ dim: 'C', bound: 5, array: 'X' }] as const;
    const [, inner] = countsOf({ name: '12 = 5 + 5 + 2', bounds: { C: 12, K: 3 } }, twoLevels(5, true), [
      plain,
      {
        ...plain,
        temporal: [
          { dim: 'K', bound: 3 },
          { dim: 'C', bound: 3 },
        ],
        spatial: alongC,
      },
    ]);
    // Per output, 12 products reach the level in 3 rounds.
    expect([inner!.networks.Outputs.ingressWords, inner!.networks.Outputs.spatialReductions]).toEqual([9, 27]);
  });

  it('update only the outputs that they add to', () => {
    const levels = [
      { ...plain, spatial: [{ dim: 'C', bound: 2, array: 'X' }] },
      { ...plain, temporal: [{ dim: 'C', bound: 3 }] },
    ] as const;
    const reached = countsOf({ name: '4 = 3 + 1', bounds: { C: 4 } }, twoLevels(2, false), levels);
    expect([reached[0]!.tensors.Outputs.updates, reached[1]!.tensors.Outputs.updates]).toEqual([1, 4]);
  });
});
