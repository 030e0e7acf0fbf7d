import type { AcceleratorSpecification, LevelSpecification } from '../../src/accelerator/specification.ts';
import type { Design } from '../../src/search/ports.ts';
import type { Random } from '../../src/util/random.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';

const DIM_CHOICES = [['K', 'G'], ['C', 'G'], ['P'], ['Q'], ['R'], ['S']] as const;

/** The design that a made-up mapping run maps onto. */
export const MAPPED_DESIGN: Design = {
  processingElements: 168,
  l1BytesPerPe: 512,
  l2Bytes: 108 * 1024,
  bufferWordsPerCycle: 13,
  axes: [
    { name: 'X', size: 14, parallelDims: ['K', 'G'] },
    { name: 'Y', size: 12, parallelDims: ['R'] },
  ],
};

/** A made-up design of one to three axes within the budget of Eyeriss, but for its memories. */
export function designOf(random: Random): Design {
  const count = random.nextUnit() < 0.25 ? 3 : random.nextUnit() < 0.15 ? 1 : 2;
  const order = [...DIM_CHOICES].sort(() => random.nextUnit() - 0.5);
  const sizes = count === 3 ? [7, 6, 4] : count === 1 ? [160] : [9 + random.nextInt(5), 9 + random.nextInt(4)];
  return {
    processingElements: sizes.reduce((a, b) => a * b, 1),
    l1BytesPerPe: 16 * (4 + random.nextInt(24)),
    l2Bytes: 16 * (2000 + random.nextInt(5000)),
    bufferWordsPerCycle: 4 + random.nextInt(9),
    axes: sizes.map((size, i) => ({ name: 'XYZ'[i]!, size, parallelDims: [...order[i]!] })),
  };
}

/** A three-level accelerator of a design, as a search would build it. */
export function specificationOf(design: Design, name = 'candidate'): AcceleratorSpecification {
  const level = (
    partial: Partial<LevelSpecification> & Pick<LevelSpecification, 'name' | 'role'>,
  ): LevelSpecification => ({
    capacity: { kind: 'unlimited' },
    wordBits: 16,
    storedBits: {},
    blockWords: 4,
    doubleBuffered: false,
    bandwidth: {},
    mayKeep: TENSORS,
    mustKeep: [],
    fanOut: { dimensions: [], multicast: { Weights: true, Inputs: true, Outputs: true } },
    ...partial,
  });
  return {
    name,
    source: 'searched, from eyeriss',
    technology: 'cacti-65nm',
    clockHz: 200e6,
    countLeakage: false,
    levels: [
      level({ name: 'DRAM', role: 'dram', bandwidth: { shared: { unit: 'B/s', value: 480e6 } } }),
      level({
        name: 'GlobalBuffer',
        role: 'buffer',
        capacity: { kind: 'shared', bits: design.l2Bytes * 8 },
        bandwidth: { shared: { unit: 'words/cycle', value: design.bufferWordsPerCycle ?? 8 } },
        fanOut: { dimensions: design.axes, multicast: { Weights: true, Inputs: true, Outputs: true } },
      }),
      level({
        name: 'RegisterFile',
        role: 'register-file',
        capacity: { kind: 'shared', bits: design.l1BytesPerPe * 8 },
      }),
    ],
    mac: { weightBits: 16, inputBits: 16, accumulatorBits: 16 },
  };
}
