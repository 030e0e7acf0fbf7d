import type { Accelerator, StorageLevel } from '../src/accelerator/accelerator.ts';
import { type Dim, TENSORS } from '../src/util/vocabulary.ts';
import type { LayerShape } from '../src/workload/network.ts';
import { makeProblem, type ProblemSpec } from '../src/workload/problem.ts';

/** A convolution as the benchmark runs it: with its zero padding, or on a map that is as large as its filter reaches. */
export interface BenchLayer {
  readonly name: string;
  readonly padded: LayerShape | null;
  readonly unpadded: LayerShape;
}

/** Five layers: a strided 7 x 7, 3 x 3 with large and with small maps, a pointwise one, a matrix product. */
export const LAYERS: readonly BenchLayer[] = [
  benchLayer('ResNet-50 conv1', { K: 64, C: 3, P: 112, Q: 112, R: 7, S: 7 }, 3, 224, [2, 2]),
  benchLayer('VGG16 conv3_1', { K: 256, C: 128, P: 56, Q: 56, R: 3, S: 3 }, 1, 56),
  benchLayer('ResNet-50 3x3, 512 ch', { K: 512, C: 512, P: 7, Q: 7, R: 3, S: 3 }, 1, 7),
  benchLayer('ResNet-50 1x1, 256 ch', { K: 64, C: 256, P: 56, Q: 56 }),
  benchLayer('GEMM 512x768x3072', { K: 3072, C: 768, P: 512 }),
];

function benchLayer(
  name: string,
  bounds: Partial<Record<Dim, number>>,
  padding = 0,
  size = 0,
  stride: readonly [number, number] = [1, 1],
): BenchLayer {
  const spec: ProblemSpec = { name, bounds, stride };
  const wordBits = { Weights: 16, Inputs: 16, Outputs: 16 };
  const padded = { ...spec, paddingBefore: [padding, padding] as const, inputSize: [size, size] as const };
  return {
    name,
    unpadded: { problem: makeProblem(spec), wordBits },
    padded: padding === 0 ? null : { problem: makeProblem(padded), wordBits },
  };
}

/** Three levels with the sizes of Eyeriss and of a large NVDLA; energies are round figures, the rate does not depend on them. */
export const ACCELERATORS: readonly Accelerator[] = [
  threeLevels('12x14, rows and P/K/C', 108 * 8192, 512 * 8, [
    [12, ['R', 'P', 'C', 'K', 'G']],
    [14, ['P', 'C', 'K', 'G']],
  ]),
  threeLevels('16x64, C and K', 512 * 8192, 64 * 16, [
    [16, ['C', 'G']],
    [64, ['K', 'G']],
  ]),
];

function threeLevels(
  name: string,
  bufferBits: number,
  registerBits: number,
  arrays: readonly (readonly [number, readonly Dim[]])[],
): Accelerator {
  const pes = arrays.reduce((count, [size]) => count * size, 1);
  const level = (
    own: Pick<StorageLevel, 'name' | 'capacity' | 'bandwidth' | 'instances'>,
    pj: number,
  ): StorageLevel => ({
    isDram: own.name === 'DRAM',
    doubleBuffered: false,
    wordBits: 16,
    storedBits: {},
    blockWords: 4,
    energy: { readPj: pj, fillPj: pj, updatePj: pj },
    mayKeep: TENSORS,
    mustKeep: own.name === 'DRAM' ? TENSORS : [],
    areaMm2: 0,
    leakagePjPerCycle: 0,
    fanOut: {
      dimensions:
        own.name === 'Buffer'
          ? arrays.map(([size, parallelDims], i) => ({ name: i === 0 ? 'Y' : 'X', size, parallelDims }))
          : [],
      multicast: { Weights: true, Inputs: true, Outputs: true },
      hopEnergyPj: own.name === 'Buffer' ? 0.5 : 0,
    },
    ...own,
  });
  return {
    name,
    levels: [
      level(
        { name: 'DRAM', capacity: { kind: 'unlimited' }, bandwidth: { sharedWordsPerCycle: 2 }, instances: 1 },
        400,
      ),
      level(
        {
          name: 'Buffer',
          capacity: { kind: 'shared', bits: bufferBits },
          bandwidth: { readWordsPerCycle: 9, writeWordsPerCycle: 4 },
          instances: 1,
        },
        24,
      ),
      level({ name: 'Registers', capacity: { kind: 'shared', bits: registerBits }, bandwidth: {}, instances: pes }, 4),
    ],
    mac: { instances: pes, wordBits: 16, energyPj: 2, areaMm2: 0 },
    clockHz: 1e9,
    technology: 'explicit',
    source: 'benchmark',
  };
}

/**
 * The accelerator with every term of hardware on all levels that can have it, but spill, which forbids mappings. Requests are stated where a port is limited:
 * elsewhere their busiest instance would be looked for, which without terms is asked of no such level.
 */
export function withAllTerms(accelerator: Accelerator): Accelerator {
  const levels = accelerator.levels.map((level, index): StorageLevel => {
    const { fanOut } = level;
    const isArray = fanOut.dimensions.length > 0;
    const hasPort = Object.keys(level.bandwidth).length > 0;
    return {
      ...level,
      launch: { cycles: 250, matrixCycles: 125 },
      ...(hasPort
        ? { requests: { bytes: 64, cycles: 1, layout: { Inputs: ['C'], Weights: ['K'], Outputs: ['K'] } } }
        : {}),
      compression: { runBits: 5, wordBits: 16, pairsPerBlock: 3, blockBits: 64 },
      overlap: 'none',
      ...(index === 0 ? {} : { refetch: ['Weights', 'Inputs'], drain: 'charged' }),
      fanOut: isArray ? { ...fanOut, fill: { cyclesPerLoad: 16, leastRows: 4 }, rampCycles: 32 } : fanOut,
    };
  });
  return { ...accelerator, levels };
}
