import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import type { FanOutWires } from '../../../src/accelerator/wires.ts';
import { Random } from '../../../src/util/random.ts';
import { DIMS, type Dim, perTensor, TENSORS } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import { makeProblem } from '../../../src/workload/problem.ts';

/** What the random small cases vary. */
export interface SmallCaseOptions {
  readonly levels: readonly number[];
  readonly dims: readonly Dim[];
  readonly bounds: readonly number[];
  readonly mostMacs: number;
  readonly padding: boolean;
  readonly mostChildren: number;
  /** Largest stride and dilation; default: 2. */
  readonly mostStride?: number;
  /** Blocks of several words; default: sometimes. */
  readonly blocks?: boolean;
}

/** A small layer on a small accelerator, a function of the seed. */
export function smallCase(seed: number, options: SmallCaseOptions): { layer: LayerShape; accelerator: Accelerator } {
  const random = Random.fromSeed(seed);
  const wired = wiresFrom(Random.fromSeed(seed + 2 ** 31));
  const pick = <T>(items: readonly T[]): T => items[random.nextInt(items.length)]!;
  const chance = (p: number) => random.nextUnit() < p;
  const bounds: Partial<Record<Dim, number>> = {};
  let macs = 1;
  const count = 2 + random.nextInt(4);
  for (let i = 0; i < count; i++) {
    const dim = pick(options.dims);
    const bound = pick(options.bounds);
    if (bounds[dim] !== undefined || macs * bound > options.mostMacs) continue;
    bounds[dim] = bound;
    macs *= bound;
  }
  const { mostStride = 2 } = options;
  const coefficient = () => 1 + random.nextInt(mostStride);
  const stride = [coefficient(), coefficient()] as const;
  const dilation = [coefficient(), coefficient()] as const;
  const span = (output: Dim, filter: Dim, i: 0 | 1) =>
    ((bounds[output] ?? 1) - 1) * stride[i] + ((bounds[filter] ?? 1) - 1) * dilation[i] + 1;
  const spans = [span('P', 'R', 0), span('Q', 'S', 1)] as const;
  const padded = options.padding && chance(0.5);
  const before = padded ? ([random.nextInt(2), random.nextInt(2)] as const) : ([0, 0] as const);
  const after = padded ? ([random.nextInt(2), random.nextInt(2)] as const) : ([0, 0] as const);
  const size = (i: 0 | 1) => Math.max(1, spans[i] - before[i] - after[i]);
  const problem = makeProblem({
    name: `case ${seed}`,
    bounds,
    stride,
    dilation,
    paddingBefore: [Math.min(before[0], spans[0] - 1), Math.min(before[1], spans[1] - 1)],
    inputSize: [size(0), size(1)],
  });
  const levelCount = pick(options.levels);
  const fanLevel = random.nextInt(levelCount);
  let instances = 1;
  const levels = Array.from({ length: levelCount }, (_, index): StorageLevel => {
    const hasArray = index === fanLevel || chance(0.15);
    const arrays = hasArray ? 1 + random.nextInt(2) : 0;
    const own = instances;
    const dimensions = Array.from({ length: arrays }, (_, a) => {
      const size = 2 + random.nextInt(options.mostChildren - 1);
      instances *= size;
      return {
        name: a === 0 ? 'X' : 'Y',
        size,
        parallelDims: chance(0.5) ? ('any' as const) : DIMS.filter(() => chance(0.5)),
      };
    });
    const words = index === 0 || chance(0.2) ? null : 3 + random.nextInt(30);
    const energy = 2 ** (2 * (levelCount - index)) * (0.5 + random.nextUnit());
    const limited = chance(0.3);
    return {
      name: `L${index}`,
      isDram: index === 0,
      capacity:
        words === null
          ? { kind: 'unlimited' }
          : chance(0.25)
            ? { kind: 'partitioned', bits: perTensor(() => 16 * (1 + random.nextInt(12))) }
            : { kind: 'shared', bits: words * 16 },
      doubleBuffered: chance(0.2),
      wordBits: 16,
      storedBits: chance(0.2) ? { Outputs: 32 } : {},
      blockWords: chance(0.2) && options.blocks !== false ? 2 : 1,
      bandwidth: limited
        ? chance(0.5)
          ? { sharedWordsPerCycle: 1 + random.nextInt(3) }
          : { readWordsPerCycle: 1.5, writeWordsPerCycle: 1 }
        : {},
      energy: {
        readPj: energy,
        fillPj: energy * (0.5 + random.nextUnit()),
        updatePj: energy * (0.5 + random.nextUnit()),
      },
      mayKeep: index === 0 || chance(0.7) ? TENSORS : TENSORS.filter(() => chance(0.7)),
      mustKeep: [],
      instances: own,
      areaMm2: 0,
      leakagePjPerCycle: chance(0.2) ? random.nextUnit() : 0,
      fanOut: {
        dimensions,
        multicast: perTensor(() => chance(0.8)),
        hopEnergyPj: chance(0.2) ? random.nextUnit() : 0,
        ...wired(),
      },
    };
  }).map(
    (level, index): StorageLevel => ({
      ...level,
      mustKeep: index === 0 ? TENSORS : level.mayKeep.filter(() => random.nextUnit() < 0.6),
    }),
  );
  const accelerator: Accelerator = {
    name: 'small',
    levels,
    mac: { instances, wordBits: 16, energyPj: 0.5, areaMm2: 0 },
    clockHz: 1e9,
    technology: 'explicit',
    source: 'test',
  };
  return { layer: { problem, wordBits: perTensor(() => 16) }, accelerator };
}

/** Wires of the fan-outs of one case: in a third of the cases about half of them have some, whose energies range with those of accesses. */
function wiresFrom(random: Random): () => { readonly wires?: FanOutWires } {
  const isWired = random.nextInt(3) === 0;
  return () => {
    const geometry = random.nextInt(3) === 0 ? 'tree' : 'line';
    const pjPerBitHop = random.nextUnit() * (random.nextInt(4) === 0 ? 1 : 0.05);
    return isWired && random.nextInt(2) === 0 ? { wires: { geometry, hopMm: 0.1, pjPerBitHop, areaMm2: 0 } } : {};
  };
}

const COSTLY_DIMS: readonly (readonly Dim[])[] = [
  ['P', 'R', 'K'],
  ['K', 'C', 'P'],
  ['P', 'R', 'K', 'C'],
  ['N', 'K', 'P'],
  ['C', 'K', 'N'],
  ['P', 'R', 'Q', 'S'],
  ['P', 'R', 'C'],
];

/**
 * A small case whose optimum hangs on single transfers, a function of the seed: mostly small buffers, some of them costly to read or to fill, so that
 * any lower bound that is too high is likely to lose it.
 */
export function costlyCase(
  seed: number,
  factors: 'perfect' | 'imperfect',
): { layer: LayerShape; accelerator: Accelerator } {
  const random = Random.fromSeed(7 * seed + 1);
  const pick = <T>(items: readonly T[]): T => items[random.nextInt(items.length)]!;
  const chance = (p: number) => random.nextUnit() < p;
  const levelCount = pick([2, 3, 3, 3, 4]);
  const { layer, accelerator } = smallCase(seed, {
    levels: [levelCount],
    dims: pick(COSTLY_DIMS),
    bounds: factors === 'perfect' ? [2, 3, 4, 6, 8] : [2, 3, 4, 5, 6, 7, 9, 11],
    mostMacs: 120,
    padding: chance(0.4),
    mostChildren: 3,
    blocks: false,
  });
  if (chance(0.3)) return { layer, accelerator };
  const dear = random.nextInt(levelCount);
  const levels = accelerator.levels.map(
    (level, index): StorageLevel => ({
      ...level,
      bandwidth: chance(0.6) ? {} : level.bandwidth,
      mayKeep: TENSORS,
      mustKeep: TENSORS,
      storedBits: {},
      doubleBuffered: false,
      energy: { readPj: index === dear ? 200 : 1, fillPj: chance(0.3) ? 200 : 1, updatePj: 1 },
      capacity:
        index === 0
          ? { kind: 'unlimited' }
          : {
              kind: 'shared',
              bits: 16 * (3 + random.nextInt(9)) * (index < levelCount - 1 ? 1 + random.nextInt(2) : 1),
            },
    }),
  );
  const wordBits = perTensor(() => 16 * (1 + random.nextInt(2)));
  return { layer: { ...layer, wordBits }, accelerator: { ...accelerator, levels } };
}
