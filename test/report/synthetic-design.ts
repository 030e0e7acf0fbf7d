import type { AcceleratorSpecification, LevelSpecification } from '../../src/accelerator/specification.ts';
import type { Design } from '../../src/search/ports.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';

const DIM_CHOICES = [['K', 'G'], ['C', 'G'], ['P'], ['Q'], ['R'], ['S']] as const;

/** Numbers in 0 to 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A made-up design. */
export function designOf(next: () => number): Design {
  const count = next() < 0.25 ? 3 : next() < 0.15 ? 1 : 2;
  const order = [...DIM_CHOICES].sort(() => next() - 0.5);
  const sizes =
    count === 3 ? [7, 6, 4] : count === 1 ? [160] : [9 + Math.floor(next() * 5), 9 + Math.floor(next() * 4)];
  return {
    processingElements: sizes.reduce((a, b) => a * b, 1),
    l1BytesPerPe: 16 * (4 + Math.floor(next() * 24)),
    l2Bytes: 16 * (2000 + Math.floor(next() * 5000)),
    bufferWordsPerCycle: 4 + Math.floor(next() * 9),
    axes: sizes.map((size, i) => ({ name: 'XYZ'[i]!, size, parallelDims: [...order[i]!] })),
  };
}

/** A three-level accelerator of a design, as a search would build it. */
export function specificationOf(design: Design, name: string): AcceleratorSpecification {
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
