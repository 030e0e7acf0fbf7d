import { describe, expect, it } from 'vitest';
import type { Accelerator, Capacity } from '../../../src/accelerator/accelerator.ts';
import { compileKernel } from '../../../src/cost/kernel/kernel.ts';
import { packMapping } from '../../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import type { TemporalReuse } from '../../../src/cost/temporal-reuse.ts';
import type { Mapping, TemporalLoop } from '../../../src/mapping/mapping.ts';
import { Random } from '../../../src/util/random.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem, type ProblemSpec, tensorWords } from '../../../src/workload/problem.ts';
import { sampleCase } from '../arbitraries.ts';

const SAMPLE = sampleCase(Random.fromSeed(1), { imperfect: true, padding: false, maxMacs: 1 });

/** Two levels without arrays, the inner one with a capacity. */
function twoLevels(capacity: Capacity): Accelerator {
  const levels = SAMPLE.accelerator.levels.slice(0, 2).map((level, index) => ({
    ...level,
    capacity: index === 1 ? capacity : level.capacity,
    fanOut: { ...level.fanOut, dimensions: [] },
  }));
  return { ...SAMPLE.accelerator, levels };
}

/** Words of Inputs in a tile of the inner level, and words that it takes; null when the tile does not fit. */
function inputsOf(
  spec: ProblemSpec,
  outer: readonly TemporalLoop[],
  inner: readonly TemporalLoop[],
  {
    temporalReuse = 'exact',
    capacity = { kind: 'unlimited' },
  }: { temporalReuse?: TemporalReuse; capacity?: Capacity } = {},
): { tile: number; fills: number } | null {
  const accelerator = twoLevels(capacity);
  const layer = { ...SAMPLE.layer, problem: makeProblem(spec) };
  const plain = { spatial: [], keep: TENSORS, noMulticast: [] };
  const mapping: Mapping = {
    levels: [
      { ...plain, temporal: outer },
      { ...plain, temporal: inner },
    ],
  };
  const evaluation = evaluateReference(layer, accelerator, mapping, { temporalReuse });
  const kernel = compileKernel(layer, accelerator, { temporalReuse });
  const packed = packMapping(kernel.layout, mapping)!;
  if (!evaluation.feasible) {
    expect(kernel.evaluate(packed)).not.toBe(0);
    return null;
  }
  expect(kernel.toEvaluation(packed)).toEqual(evaluation);
  const { tileWords, fills } = evaluation.levels[1]!.tensors.Inputs;
  expect(evaluation.levels[0]!.tensors.Inputs.reads).toBe(fills);
  return { tile: tileWords, fills };
}

const loop = (dim: TemporalLoop['dim'], bound: number): TemporalLoop => ({ dim, bound });

describe('gaps of strides and dilations are neither held nor moved', () => {
  it('by a stride above the filter', () => {
    const pointwise: ProblemSpec = { name: '1x1, stride 2', bounds: { C: 4, P: 5, Q: 5 }, stride: [2, 2] };
    expect(tensorWords(makeProblem(pointwise), 'Inputs')).toBe(100);
    const inside = [loop('C', 4), loop('P', 5), loop('Q', 5)];
    expect(inputsOf(pointwise, [], inside)).toEqual({ tile: 100, fills: 100 });
    expect(inputsOf(pointwise, [], inside, { temporalReuse: 'timeloop' })).toEqual({ tile: 324, fills: 324 });
    const blocks: ProblemSpec = { name: '2 taps, stride 3', bounds: { P: 4, R: 2 }, stride: [3, 1] };
    expect(inputsOf(blocks, [], [loop('P', 4), loop('R', 2)])).toEqual({ tile: 8, fills: 8 });
    // Each tap alone: 0 3 6 9, then 1 4 7 10.
    expect(inputsOf(blocks, [loop('R', 2)], [loop('P', 4)])).toEqual({ tile: 4, fills: 8 });
  });

  it('by a dilation', () => {
    const taps: ProblemSpec = { name: '3 taps, dilation 3', bounds: { P: 4, R: 3 }, dilation: [3, 1] };
    // 0 3 6, 1 4 7, 2 5 8, 3 6 9: no two that follow each other share a word.
    expect(inputsOf(taps, [loop('P', 4)], [loop('R', 3)])).toEqual({ tile: 3, fills: 12 });
    expect(inputsOf(taps, [], [loop('P', 4), loop('R', 3)])).toEqual({ tile: 10, fills: 10 });
  });

  it('by both at once, with a common factor or without', () => {
    const even: ProblemSpec = {
      name: 'stride 2, dilation 4',
      bounds: { P: 3, R: 3 },
      stride: [2, 1],
      dilation: [4, 1],
    };
    // 0 4 8, 2 6 10, 4 8 12.
    expect(inputsOf(even, [], [loop('P', 3), loop('R', 3)])).toEqual({ tile: 7, fills: 7 });
    expect(inputsOf(even, [loop('P', 3)], [loop('R', 3)])).toEqual({ tile: 3, fills: 9 });
    const odd: ProblemSpec = { name: 'stride 2, dilation 3', bounds: { P: 4, R: 2 }, stride: [2, 1], dilation: [3, 1] };
    // 0 2 4 6 3 5 7 9.
    expect(inputsOf(odd, [], [loop('P', 4), loop('R', 2)])).toEqual({ tile: 8, fills: 8 });
    // 0 2 4 6, then 3 5 7 9: the box would keep 3 4 5 6.
    expect(inputsOf(odd, [loop('R', 2)], [loop('P', 4)])).toEqual({ tile: 4, fills: 8 });
  });

  it('but words between them are, and are kept while they stay in the tile', () => {
    const filter: ProblemSpec = { name: '3 taps, stride 2', bounds: { P: 4, R: 3, K: 2 }, stride: [2, 1] };
    // 0 2 4 6, 1 3 5 7, 2 4 6 8: every tap changes every word.
    expect(inputsOf(filter, [loop('R', 3), loop('K', 2)], [loop('P', 4)])).toEqual({ tile: 4, fills: 12 });
    // 0 1 2, 2 3 4, 4 5 6, 6 7 8.
    expect(inputsOf(filter, [loop('P', 4)], [loop('R', 3), loop('K', 2)])).toEqual({ tile: 3, fills: 9 });
  });

  it('and padding clips what is left', () => {
    const padded: ProblemSpec = {
      name: '2 taps, stride 3, a word of padding on either side',
      bounds: { P: 4, R: 2 },
      stride: [3, 1],
      paddingBefore: [1, 0],
      inputSize: [9, 1],
    };
    // 0, 2 3, 5 6, 8 of the map.
    expect(tensorWords(makeProblem(padded), 'Inputs')).toBe(6);
    expect(inputsOf(padded, [loop('P', 4)], [loop('R', 2)])).toEqual({ tile: 2, fills: 6 });
    expect(inputsOf(padded, [], [loop('P', 4), loop('R', 2)])).toEqual({ tile: 6, fills: 6 });
  });

  it('so a level needs room for the used words alone', () => {
    const spec: ProblemSpec = { name: '1x1, stride 3', bounds: { P: 4 }, stride: [3, 1] };
    const bits = (inputs: number): Capacity => ({
      kind: 'partitioned',
      bits: { Weights: 64, Inputs: 8 * inputs, Outputs: 256 },
    });
    expect(inputsOf(spec, [], [loop('P', 4)], { capacity: bits(4) })).toEqual({ tile: 4, fills: 4 });
    expect(inputsOf(spec, [], [loop('P', 4)], { capacity: bits(3) })).toBeNull();
    expect(inputsOf(spec, [], [loop('P', 4)], { capacity: bits(9), temporalReuse: 'timeloop' })).toBeNull();
    expect(inputsOf(spec, [], [loop('P', 4)], { capacity: bits(10), temporalReuse: 'timeloop' })).not.toBeNull();
  });
});
