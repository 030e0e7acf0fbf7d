import fc from 'fast-check';
import type { Accelerator, Capacity, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { tileWords } from '../../../src/mapping/legality.ts';
import type { LevelMapping, Mapping, SpatialLoop, TemporalLoop } from '../../../src/mapping/mapping.ts';
import { levelExtents } from '../../../src/mapping/nest.ts';
import { ceilDiv, divisors } from '../../../src/util/integers.ts';
import { Random } from '../../../src/util/random.ts';
import { DIMS, type Dim, perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import { inputSpan, makeProblem } from '../../../src/workload/problem.ts';
import { type CaseOptions, type CostCase, sampleCase } from '../arbitraries.ts';

function seeded<T>(sample: (random: Random) => T): fc.Arbitrary<T> {
  return fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed) => sample(Random.fromSeed(seed)));
}

/**
 * Convolutions whose output and filter dims run in parallel in the same blocks, so that several children have equal shifts; with ragged
 * bounds their tiles are unlike.
 */
export function collidingCase({ padding, imperfect }: Omit<CaseOptions, 'maxMacs'>): fc.Arbitrary<CostCase> {
  return seeded((random) => {
    const { layer, accelerator } = sampleCase(random, { imperfect: true, padding, maxMacs: 1 });
    const bounds = {
      K: 1 + random.nextInt(3),
      C: 1 + random.nextInt(2),
      P: imperfect ? 3 + random.nextInt(7) : (3 + random.nextInt(2)) * (1 + random.nextInt(3)),
      R: imperfect ? 2 + random.nextInt(4) : 2 + random.nextInt(3),
      Q: 1 + random.nextInt(4),
      S: 1 + random.nextInt(3),
    };
    const stride = [1 + random.nextInt(2), 1] as const;
    const dilation = [1 + random.nextInt(2), 1] as const;
    const before = padding ? random.nextInt(3) : 0;
    const height = inputSpan(bounds.P, bounds.R, stride[0], dilation[0]) - before - (padding ? random.nextInt(3) : 0);
    const problem = makeProblem({
      name: 'colliding',
      bounds,
      stride,
      dilation,
      paddingBefore: [before, 0],
      inputSize: [Math.max(1, height), inputSpan(bounds.Q, bounds.S, 1, 1)],
    });
    return {
      layer: { ...layer, problem },
      accelerator: widened(accelerator),
      mapping: sampleParallelMapping(random, problem.bounds, accelerator.levels.length, imperfect),
    };
  });
}

function widened(accelerator: Accelerator): Accelerator {
  return {
    ...accelerator,
    levels: accelerator.levels.map((level) => ({
      ...level,
      fanOut: {
        ...level.fanOut,
        dimensions: level.fanOut.dimensions.map((dimension) => ({ ...dimension, size: 256 })),
      },
    })),
  };
}

function sampleParallelMapping(
  random: Random,
  bounds: Readonly<Record<Dim, number>>,
  levelCount: number,
  imperfect: boolean,
): Mapping {
  const temporal: TemporalLoop[][] = Array.from({ length: levelCount }, () => []);
  const spatial: SpatialLoop[][] = Array.from({ length: levelCount }, () => []);
  for (const dim of DIMS) {
    let step = 1;
    for (let level = levelCount - 1; level >= 0; level--) {
      if ('PRQS'.includes(dim) && random.nextInt(3) > 0) {
        const bound = sampleBound(random, ceilDiv(bounds[dim], step), imperfect, 4);
        spatial[level]!.push({ dim, bound, array: random.nextInt(2) === 0 ? 'X' : 'Y' });
        step *= bound;
      }
      const left = ceilDiv(bounds[dim], step);
      const bound = level === 0 ? left : random.nextInt(2) === 0 ? sampleBound(random, left, imperfect, left) : 1;
      temporal[level]!.splice(random.nextInt(temporal[level]!.length + 1), 0, { dim, bound });
      step *= bound;
    }
  }
  const levels = temporal.map(
    (loops, level): LevelMapping => ({
      temporal: loops,
      spatial: spatial[level]!,
      keep: level === 0 ? TENSORS : TENSORS.filter(() => random.nextInt(4) !== 0),
      noMulticast: [],
    }),
  );
  return { levels };
}

function sampleBound(random: Random, left: number, imperfect: boolean, most: number): number {
  if (imperfect) return 1 + random.nextInt(Math.min(most - 1, left) || 1);
  const fitting = divisors(left).filter((factor) => factor <= most);
  return fitting[random.nextInt(fitting.length)]!;
}

/** Cases with capacities, arrays, wiring, keeping rules and factors of which any may be broken. */
export function limitedCase(options: CaseOptions): fc.Arbitrary<CostCase> {
  return seeded((random) => {
    const sampled = sampleCase(random, options);
    const extents = levelExtents(sampled.mapping);
    const levels = sampled.accelerator.levels.map((level, index): StorageLevel => {
      const words = perTensor((tensor) => tileWords(sampled.layer.problem, tensor, extents[index]!));
      const roughly = (bits: number) => Math.max(0, Math.round(bits * (0.7 + random.nextUnit())));
      const capacities: readonly Capacity[] = [
        { kind: 'unlimited' },
        { kind: 'shared', bits: roughly(8 * (words.Weights + words.Inputs + 2 * words.Outputs)) },
        { kind: 'partitioned', bits: perTensor((tensor) => roughly(20 * words[tensor])) },
      ];
      const { fanOut } = level;
      return {
        ...level,
        capacity: capacities[random.nextInt(3)]!,
        doubleBuffered: random.nextInt(4) === 0,
        mayKeep: random.nextInt(8) === 0 ? TENSORS.slice(random.nextInt(2)) : TENSORS,
        mustKeep: random.nextInt(8) === 0 ? TENSORS.slice(random.nextInt(3)) : [],
        ...(index > 0 && random.nextInt(4) === 0 ? { spill: 'never' as const } : {}),
        fanOut: {
          ...fanOut,
          dimensions: fanOut.dimensions.map((dimension) => ({
            ...dimension,
            size: Math.max(1, dimension.size - (random.nextInt(6) === 0 ? 2 : 0)),
            parallelDims: random.nextInt(8) === 0 ? DIMS.slice(random.nextInt(4)) : 'any',
          })),
        },
      };
    });
    const mapping = random.nextInt(4) === 0 ? withBrokenFactor(random, sampled.mapping) : sampled.mapping;
    return { layer: sampled.layer, accelerator: { ...sampled.accelerator, levels }, mapping };
  });
}

/** One temporal bound changed: the loops cover too little, too much, or happen to fit. */
function withBrokenFactor(random: Random, mapping: Mapping): Mapping {
  const chosen = random.nextInt(mapping.levels.length);
  return {
    levels: mapping.levels.map((level, index) =>
      index === chosen
        ? {
            ...level,
            temporal: level.temporal.map((loop, i) => (i === 0 ? { ...loop, bound: 1 + random.nextInt(9) } : loop)),
          }
        : level,
    ),
  };
}
