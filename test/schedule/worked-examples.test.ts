import { describe, expect, it } from 'vitest';
import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import type { Mapping, TemporalLoop } from '../../src/mapping/mapping.ts';
import { describeSegment } from '../../src/schedule/nest-text.ts';
import type { Home, Schedule, Segment } from '../../src/schedule/schedule.ts';
import { type MappedKind, scoreSchedule } from '../../src/schedule/score.ts';
import { summarizeSchedule } from '../../src/schedule/summarize.ts';
import { DIMS, perTensor, TENSORS } from '../../src/util/vocabulary.ts';
import type { Sequence, SequenceOperator } from '../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../src/workload/problem.ts';

const level = (name: string, pj: number, words: number | null): StorageLevel => ({
  name,
  isDram: name === 'DRAM',
  capacity: words === null ? { kind: 'unlimited' } : { kind: 'shared', bits: words * 8 },
  doubleBuffered: false,
  wordBits: 8,
  storedBits: {},
  blockWords: 1,
  bandwidth: name === 'DRAM' ? { sharedWordsPerCycle: 1 } : {},
  energy: { readPj: pj, fillPj: pj, updatePj: pj },
  mayKeep: TENSORS,
  mustKeep: TENSORS,
  instances: 1,
  areaMm2: 0,
  leakagePjPerCycle: 0,
  fanOut: { dimensions: [], multicast: perTensor(() => true), hopEnergyPj: 0 },
});

/** DRAM with 100 pJ a word and one word per cycle, a buffer with 2 pJ, one MAC with 1 pJ, one lane for vectors. @param words of the buffer */
const accelerator = (words: number | null): Accelerator => ({
  name: 'example',
  levels: [level('DRAM', 100, null), level('Buffer', 2, words)],
  mac: { instances: 1, wordBits: 8, energyPj: 1, areaMm2: 0 },
  vectorUnit: { level: 1, simplePerCycle: 1, specialPerCycle: 1, simplePj: 0, specialPj: 0 },
  clockHz: 1e9,
  technology: 'explicit',
  source: 'worked example',
});

type Sizes = Sequence['tensors'][number]['sizes'];
const BITS = { Weights: 8, Inputs: 8, Outputs: 8 };

function network(tensors: readonly (readonly [string, Sizes])[], operators: readonly SequenceOperator[]): Sequence {
  const isMade = (index: number) => operators.some(({ output }) => output === index);
  const isRead = (index: number) => operators.some(({ inputs }) => inputs.includes(index));
  return {
    name: 'example',
    tensors: tensors.map(([name, sizes], storage) => ({ name, sizes, wordBits: 8, storage })),
    storages: tensors.map(([name, sizes], index) => ({
      ...{ name, words: sizes.reduce((product, size) => product * size, 1), wordBits: 8 },
      role: isMade(index) ? (isRead(index) ? 'inner' : 'output') : 'input',
    })),
    operators,
  };
}

function layer(
  name: string,
  input: number,
  output: number,
  spec: Omit<Parameters<typeof makeProblem>[0], 'name'>,
): SequenceOperator {
  const problem = makeProblem({ name, ...spec });
  const { C, K, R } = problem.bounds;
  const second = { kind: 'parameters' as const, words: C * K * R, wordBits: 8 };
  return {
    ...{ kind: 'mac', name, inputs: [input], output, layer: output, shape: { problem, wordBits: BITS }, second },
    ...{ tiles: true, fused: [] },
  };
}

const mapping = (outer: readonly TemporalLoop[], inner: readonly TemporalLoop[]): Mapping => ({
  levels: [outer, inner].map((temporal) => ({ temporal, spatial: [], keep: TENSORS, noMulticast: [] })),
});

/** All loops at the buffer, which holds what it needs whole. */
const whole = ({ step }: MappedKind) =>
  mapping(
    [],
    DIMS.map((dim) => ({ dim, bound: step.shape.problem.bounds[dim] })),
  );

const alone = (...names: number[]): Segment[] =>
  names.map((first) => ({ first, end: first + 1, loops: [], halo: 'cached', held: [] }));

function figures(
  sequence: Sequence,
  words: number | null,
  schedule: Schedule,
  mappingOf: (asked: MappedKind) => Mapping,
  on: Accelerator = accelerator(words),
) {
  const score = scoreSchedule(sequence, on, schedule, mappingOf);
  if (!score.feasible) return score.violations.map(({ message }) => message);
  const { dramWords } = summarizeSchedule(sequence, schedule, score, { layerByLayerWords: null });
  const steps = score.segments.flatMap(({ plan, steps: kinds }) => [...plan.order()].map(({ kind }) => kinds[kind]!));
  return {
    sums: [dramWords.spent, score.energyPj, score.cycles],
    pj: steps.map(({ energyPj }) => energyPj),
    fixed: steps.map(({ step }) => step.fixedBits / 8),
    compulsory: dramWords.compulsory,
  };
}

const OUT: Home = 'outermost';

describe('two pointwise layers', () => {
  const sequence = network(
    [
      ['x', [1, 2, 4, 1]],
      ['t', [1, 4, 4, 1]],
      ['y', [1, 2, 4, 1]],
    ],
    [layer('a', 0, 1, { bounds: { K: 4, C: 2, P: 4 } }), layer('b', 1, 2, { bounds: { K: 2, C: 4, P: 4 } })],
  );
  const loop = (dim: 'K' | 'C' | 'P', bound: number): TemporalLoop => ({ dim, bound });
  const small = ({ step: { operator } }: MappedKind) =>
    operator === 0
      ? mapping([loop('C', 2), loop('P', 4)], [loop('K', 4)])
      : mapping([loop('K', 2), loop('P', 4)], [loop('C', 4)]);
  const retained: Schedule = { homes: [OUT, 'retained', OUT], pinned: [], segments: alone(0, 1) };

  it('cost as islands what they cost alone', () => {
    const islands: Schedule = { homes: [OUT, OUT, OUT], pinned: [], segments: alone(0, 1) };
    const rows = ({ step: { operator } }: MappedKind) =>
      mapping([loop('P', 4)], operator === 0 ? [loop('K', 4), loop('C', 2)] : [loop('K', 2), loop('C', 4)]);
    expect(figures(sequence, 16, islands, rows)).toMatchObject({ sums: [64, 7008, 64], compulsory: 32 });
  });

  it('save what lies between them where it stays', () => {
    expect(figures(sequence, 21, retained, small)).toMatchObject({ sums: [32, 3776, 64], pj: [1888, 1888] });
    expect(figures(sequence, 15, retained, small)).toEqual([
      'a overflows Buffer by 8 bits: t 128 bits in 120',
      'b overflows Buffer by 8 bits: t 128 bits in 120',
    ]);
    expect(figures(sequence, 20, retained, small)).toHaveLength(2);
    const pins = figures(sequence, 33, { ...retained, pinned: [0, 1] }, small);
    expect(pins).toMatchObject({ sums: [16, 2144, 64], compulsory: 16 });
  });

  it('run tile by tile in less', () => {
    const segment: Segment = {
      ...{ first: 0, end: 2, loops: [{ axis: 'p', tile: 2 }], halo: 'cached' },
      held: [{ kind: 'parameters', operator: 0 }],
    };
    const fused: Schedule = { homes: [OUT, 'fused', OUT], pinned: [], segments: [segment] };
    const tiles = ({ step: { operator } }: MappedKind) =>
      operator === 0
        ? mapping([loop('C', 2), loop('K', 4)], [loop('P', 2)])
        : mapping([loop('K', 2), loop('C', 4)], [loop('P', 2)]);
    expect(figures(sequence, 20, fused, tiles)).toMatchObject({ sums: [40, 4592, 64] });
    const streamed: Schedule = { ...fused, segments: [{ ...segment, held: [] }] };
    expect(figures(sequence, 12, streamed, tiles)).toMatchObject({ sums: [48, expect.anything(), 64] });
    expect(describeSegment(sequence, fused, segment, 'Buffer')).toBe(
      [
        'Buffer [holds parameters of a; halos cached]',
        '  for p in 0..4 by 2',
        '    a: x [streamed], weights [held] -> t [tile]',
        '    b: t [tile], weights [streamed] -> y [streamed]',
      ].join('\n'),
    );
  });

  const slices = (loops: Segment['loops']): Segment => ({
    ...{ first: 0, end: 2, loops, halo: 'cached', held: [{ kind: 'tensor', tensor: 0 }] },
  });
  const summed = (loops: Segment['loops']): Schedule => ({
    ...{ homes: [OUT, 'fused', OUT], pinned: [], segments: [slices(loops)] },
  });

  // Killed by: a first touch that is free every time, sums that are drained in every iteration, room of them that is missing in the steps of a.
  it('add up slices of what lies between them, with every word of the parameters read once', () => {
    const loops = [{ axis: 'reduced', tile: 2 }] as const;
    // x 8 and a slice of t 8; then sums of y 8 beside; x goes after its last use.
    expect(figures(sequence, null, summed(loops), whole)).toEqual({
      ...{ sums: [32, 3776, 64], compulsory: 32, pj: [1352, 536, 536, 1352], fixed: [16, 24, 24, 16] },
    });
    expect(figures(sequence, 23, summed(loops), whole)).toHaveLength(2);
    expect(describeSegment(sequence, summed(loops), slices(loops), 'Buffer')).toBe(
      [
        'Buffer [holds x; halos cached]',
        '  for reduced c in 0..4 by 2',
        '    a: x [held], weights [streamed] -> t [tile]',
        '    b: t [tile], weights [streamed] -> y [partial sums, drained at the end]',
      ].join('\n'),
    );
  });

  it('read parameters for each tile of rows again where rows run outside', () => {
    const loops = [
      { axis: 'p', tile: 2 },
      { axis: 'reduced', tile: 2 },
    ] as const;
    const rows = figures(sequence, null, summed(loops), whole);
    expect(rows).toMatchObject({ sums: [48, expect.anything(), 64], fixed: [8, 12, 12, 8, 8, 12, 12, 8] });
  });

  // Killed by: the width of a complete word for sums.
  it('keep sums as wide as they are', () => {
    const [dram, buffer] = accelerator(null).levels;
    const on = { ...accelerator(null), levels: [dram!, { ...buffer!, storedBits: { Outputs: 16 } }] };
    const wide = figures(sequence, null, summed([{ axis: 'reduced', tile: 2 }]), whole, on);
    // y has 16 updates and 8 reads, then 16 of each, of two accesses every one.
    const [, first, , last] = (wide as { pj: number[] }).pj;
    expect([first, last]).toEqual([536 + 2 * 24, 1352 + 2 * 32]);
    expect(wide).toMatchObject({ sums: [32, expect.anything(), 64], fixed: [16, 32, 32, 24] });
  });
});

describe('two filters of three rows', () => {
  const filter = { bounds: { P: 7, R: 3 }, paddingBefore: [1, 0], inputSize: [7, 1] } as const;
  const sequence = network(
    [
      ['x', [1, 1, 7, 1]],
      ['t', [1, 1, 7, 1]],
      ['y', [1, 1, 7, 1]],
    ],
    [layer('a', 0, 1, filter), layer('b', 1, 2, filter)],
  );
  const weights = [{ kind: 'parameters', operator: 0 } as const, { kind: 'parameters', operator: 1 } as const];
  const bands = (halo: Segment['halo'], held: Segment['held']): Schedule => ({
    ...{ homes: [OUT, 'fused', OUT], pinned: [] },
    segments: [{ first: 0, end: 2, loops: [{ axis: 'p', tile: 3 }], halo, held }],
  });

  it('make each row once where halos are cached', () => {
    const streamed = figures(sequence, null, bands('cached', weights), whole);
    expect(streamed).toMatchObject({ sums: [22, 2580, 42], compulsory: 20 });
    expect(streamed).toMatchObject({
      pj: [916, expect.anything(), expect.anything(), expect.anything(), expect.anything()],
    });
    const held = figures(sequence, null, bands('cached', [...weights, { kind: 'tensor', tensor: 0 }]), whole);
    expect(held).toMatchObject({ sums: [20, 2376, 42], fixed: [12, 12, 15, expect.anything(), expect.anything()] });
  });

  it('need room twice for what arrives in a double-buffered level', () => {
    const [dram, buffer] = accelerator(null).levels;
    const on = { ...accelerator(null), levels: [dram!, { ...buffer!, doubleBuffered: true }] };
    const held = bands('cached', [...weights, { kind: 'tensor', tensor: 0 }]);
    const { fixed } = figures(sequence, null, held, whole, on) as { fixed: number[] };
    expect(fixed.slice(0, 3)).toEqual([12 + 5 + 3, 12 + 3, 15 + 2]);
  });

  it('make rows again where they are not', () => {
    expect(figures(sequence, null, bands('recomputed', weights), whole)).toMatchObject({ sums: [27, 3190, 54] });
  });

  it('move as little where what lies between them stays whole', () => {
    const retained: Schedule = { homes: [OUT, 'retained', OUT], pinned: [], segments: alone(0, 1) };
    expect(figures(sequence, null, retained, whole)).toMatchObject({ sums: [20, expect.anything(), 42] });
  });
});

describe('attention', () => {
  const product = (
    name: string,
    inputs: number[],
    output: number,
    bounds: object,
    kind: 'keys' | 'values',
  ): SequenceOperator => ({
    ...{ kind: 'mac', name, inputs, output, layer: output, tiles: true, fused: [] },
    shape: { problem: makeProblem({ name, bounds }), wordBits: BITS },
    second: { kind, tensor: inputs[1]!, rowAxis: 'n' },
  });
  const work = { simple: 12, special: 0 };
  const sequence = network(
    [
      ['q', [4, 2, 1, 1]],
      ['k', [3, 2, 1, 1]],
      ['v', [3, 2, 1, 1]],
      ['s', [4, 3, 1, 1]],
      ['p', [4, 3, 1, 1]],
      ['y', [4, 2, 1, 1]],
    ],
    [
      product('scores', [0, 1], 3, { N: 4, K: 3, C: 2 }, 'keys'),
      {
        ...{ kind: 'vector', name: 'softmax', inputs: [3], output: 4, fused: [], inPlace: 0 },
        ...{ load: { repeat: 1, reads: [], wordsOut: 12, work, wordBits: 8 }, span: { kind: 'channels', group: 3 } },
      },
      product('context', [4, 2], 5, { N: 4, K: 2, C: 3 }, 'values'),
    ],
  );

  it('moves nothing for an operator that nothing prices', () => {
    const { vectorUnit: _, ...on } = accelerator(null);
    const homes: Home[] = [OUT, OUT, OUT, OUT, OUT, OUT];
    const held = [{ kind: 'tensor', tensor: 3 } as const];
    const schedule: Schedule = {
      ...{ homes, pinned: [] },
      segments: [...alone(0), { ...alone(1)[0]!, held }, ...alone(2)],
    };
    expect(figures(sequence, null, schedule, whole, on)).toEqual([
      'words would move for softmax, which nothing prices without a vector unit',
    ]);
    expect(figures(sequence, null, schedule, whole)).toHaveProperty('sums');
  });

  it('moves what it must where it runs over some queries at a time', () => {
    const held = [{ kind: 'tensor', tensor: 1 } as const, { kind: 'tensor', tensor: 2 } as const];
    const fused: Schedule = {
      ...{ homes: [OUT, OUT, OUT, 'fused', 'fused', OUT], pinned: [] },
      segments: [{ first: 0, end: 3, loops: [{ axis: 'n', tile: 2 }], halo: 'cached', held }],
    };
    expect(figures(sequence, null, fused, whole)).toEqual({
      sums: [28, 3280, 60],
      pj: [1116, 24, 1112, 504, 24, 500],
      fixed: [12, 12, 18, 18, expect.any(Number), expect.any(Number)],
      compulsory: 28,
    });
  });
});
