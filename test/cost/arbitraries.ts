import fc from 'fast-check';
import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import type { LevelMapping, Mapping, SpatialLoop, TemporalLoop } from '../../src/mapping/mapping.ts';
import { ceilDiv, divisors } from '../../src/util/integers.ts';
import { Random } from '../../src/util/random.ts';
import { DIMS, type Dim, perTensor, TENSORS, type TensorName } from '../../src/util/vocabulary.ts';
import type { LayerShape } from '../../src/workload/network.ts';
import { inputSpan, makeProblem } from '../../src/workload/problem.ts';

/** Kind of case to sample. */
export interface CaseOptions {
  readonly imperfect: boolean;
  readonly padding: boolean;
  /** Largest product of all dims. */
  readonly maxMacs: number;
}

export interface CostCase {
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  readonly mapping: Mapping;
}

/** A random problem, hierarchy and legal mapping; shrinks by seed only, so a failure prints the seed to replay. */
export function costCase(options: CaseOptions): fc.Arbitrary<CostCase> {
  return fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed) => sampleCase(Random.fromSeed(seed), options));
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.nextInt(values.length)]!;
}

/** Samples one case. */
export function sampleCase(random: Random, options: CaseOptions): CostCase {
  const layer = sampleLayer(random, options);
  const levelCount = 2 + random.nextInt(3);
  const draft = sampleMapping(random, layer, levelCount, options.imperfect);
  return { layer, ...hardwareFor(random, draft) };
}

/** Samples a layer: dims of a few positions, strides, dilations, paddings. */
export function sampleLayer(random: Random, options: CaseOptions): LayerShape {
  const bounds: Record<Dim, number> = { N: 1, G: 1, K: 1, C: 1, P: 1, Q: 1, R: 1, S: 1 };
  const sizes: Record<Dim, readonly number[]> = {
    N: [1, 1, 2, 3],
    G: [1, 1, 1, 2],
    K: [1, 2, 3, 4, 5, 6],
    C: [1, 2, 3, 4, 5, 6],
    P: [1, 2, 3, 4, 5, 6, 7],
    Q: [1, 2, 3, 4, 5],
    R: [1, 2, 3],
    S: [1, 2, 3],
  };
  const order = [...DIMS].sort(() => random.nextUnit() - 0.5);
  let macs = 1;
  for (const dim of order) {
    const size = pick(random, sizes[dim]);
    if (macs * size <= options.maxMacs) {
      bounds[dim] = size;
      macs *= size;
    }
  }
  const stride = [pick(random, [1, 1, 2, 3]), pick(random, [1, 2])] as const;
  const dilation = [pick(random, [1, 1, 2]), pick(random, [1, 1, 3])] as const;
  const spans = [
    inputSpan(bounds.P, bounds.R, stride[0], dilation[0]),
    inputSpan(bounds.Q, bounds.S, stride[1], dilation[1]),
  ];
  const paddingBefore = spans.map((span) => (options.padding ? random.nextInt(Math.min(3, span)) : 0));
  const inputSize = spans.map((span, i) => {
    const rest = span - paddingBefore[i]!;
    return options.padding ? Math.max(1, rest - random.nextInt(3)) : rest;
  });
  return {
    problem: makeProblem({
      name: 'random',
      bounds,
      stride,
      dilation,
      paddingBefore: [paddingBefore[0]!, paddingBefore[1]!],
      inputSize: [inputSize[0]!, inputSize[1]!],
    }),
    wordBits: { Weights: 8, Inputs: 8, Outputs: pick(random, [8, 16, 20]) },
  };
}

function sampleMapping(random: Random, layer: LayerShape, levelCount: number, imperfect: boolean): Mapping {
  const temporal: TemporalLoop[][] = Array.from({ length: levelCount }, () => []);
  const spatial: SpatialLoop[][] = Array.from({ length: levelCount }, () => []);
  const used = Array.from({ length: levelCount }, () => 1);
  for (const dim of DIMS) {
    const bound = layer.problem.bounds[dim];
    let step = 1;
    for (let level = levelCount - 1; level >= 0; level--) {
      for (const array of ['Y', 'X']) {
        if (random.nextInt(4) !== 0) continue;
        const size = sampleBound(random, bound, step, imperfect);
        if (size === 1 || used[level]! * size > 8) continue;
        used[level]! *= size;
        spatial[level]!.unshift({ dim, bound: size, array });
        step *= size;
      }
      const left = imperfect ? ceilDiv(bound, step) : bound / step;
      const size = level === 0 ? left : random.nextInt(2) === 0 ? sampleBound(random, bound, step, imperfect) : 1;
      if (size > 1) temporal[level]!.push({ dim, bound: size });
      step *= size;
    }
  }
  const levels = temporal.map((loops, level): LevelMapping => {
    const keep = level === 0 ? TENSORS : TENSORS.filter(() => random.nextInt(4) !== 0);
    const noMulticast = TENSORS.filter(() => random.nextInt(8) === 0);
    return {
      temporal: loops
        .map((loop) => ({ loop, rank: random.nextUnit() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ loop }) => loop),
      spatial: spatial[level]!,
      keep,
      noMulticast,
    };
  });
  return { levels };
}

function sampleBound(random: Random, bound: number, step: number, imperfect: boolean): number {
  if (!imperfect) return pick(random, divisors(bound / step));
  return 1 + random.nextInt(ceilDiv(bound, step));
}

/** Hardware that is just wide enough for the mapping, with random constants. */
function hardwareFor(random: Random, mapping: Mapping): { accelerator: Accelerator; mapping: Mapping } {
  let instances = 1;
  const levels = mapping.levels.map((level, index): StorageLevel => {
    const sizes = ['X', 'Y'].map((array) =>
      level.spatial.reduce((size, loop) => (loop.array === array ? size * loop.bound : size), 1 + random.nextInt(2)),
    );
    const wires = pick(random, [
      {},
      { wires: { geometry: 'line' as const, hopMm: 0.2, pjPerBitHop: 0.25, areaMm2: 0 } },
      { wires: { geometry: 'tree' as const, hopMm: 0.2, pjPerBitHop: random.nextUnit(), areaMm2: 0 } },
    ]);
    const built: StorageLevel = {
      name: `L${mapping.levels.length - 1 - index}`,
      isDram: index === 0,
      capacity: { kind: 'unlimited' },
      doubleBuffered: false,
      wordBits: 8,
      storedBits: index === 0 ? { Outputs: 8 } : {},
      blockWords: pick(random, [1, 1, 2, 4]),
      bandwidth: pick(random, [{}, { sharedWordsPerCycle: 2.5 }, { readWordsPerCycle: 1, writeWordsPerCycle: 3 }]),
      energy: { readPj: 1 + random.nextInt(9), fillPj: 1 + random.nextInt(9), updatePj: 1 + random.nextInt(9) },
      mayKeep: TENSORS,
      mustKeep: index === 0 ? TENSORS : [],
      instances,
      areaMm2: 0,
      leakagePjPerCycle: random.nextInt(2),
      fanOut: {
        dimensions: [
          { name: 'X', size: sizes[0]!, parallelDims: 'any' },
          { name: 'Y', size: sizes[1]!, parallelDims: 'any' },
        ],
        multicast: perTensor((_tensor: TensorName) => random.nextInt(8) !== 0),
        hopEnergyPj: random.nextInt(2),
        ...wires,
      },
    };
    instances *= sizes[0]! * sizes[1]!;
    return built;
  });
  const accelerator: Accelerator = {
    name: 'random',
    levels,
    mac: { instances, wordBits: 8, energyPj: 1, areaMm2: 0 },
    clockHz: 1e9,
    technology: 'explicit',
    source: 'random',
  };
  return { accelerator, mapping };
}
