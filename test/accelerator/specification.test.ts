import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AcceleratorSpecification,
  type LevelSpecification,
  specificationProblems,
} from '../../src/accelerator/specification.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { specificationArbitrary } from './arbitraries.ts';

const allMulticast = { Weights: true, Inputs: true, Outputs: true };

const dram: LevelSpecification = {
  name: 'DRAM',
  role: 'dram',
  capacity: { kind: 'unlimited' },
  wordBits: 16,
  storedBits: {},
  blockWords: 4,
  doubleBuffered: false,
  bandwidth: {},
  mayKeep: TENSORS,
  mustKeep: TENSORS,
  fanOut: { dimensions: [], multicast: allMulticast },
};
const buffer: LevelSpecification = {
  ...dram,
  name: 'L2',
  role: 'buffer',
  capacity: { kind: 'shared', bits: 48 },
  blockWords: 1,
};

function withLevels(...levels: LevelSpecification[]): AcceleratorSpecification {
  return {
    name: 'a',
    source: 's',
    technology: 't',
    clockHz: 1e9,
    countLeakage: false,
    levels,
    mac: { weightBits: 8, inputBits: 8, accumulatorBits: 32 },
  };
}

const messages = (specification: AcceleratorSpecification) =>
  specificationProblems(specification).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('specification problems', () => {
  it('are none for well-formed specifications', () => {
    fc.assert(
      fc.property(specificationArbitrary, (specification) => {
        expect(specificationProblems(specification)).toEqual([]);
      }),
    );
  });

  it('are none when each tensor that must be kept has exactly one word', () => {
    expect(messages(withLevels(dram, buffer))).toEqual([]);
  });

  it('name a level that is one bit too small for a word of each tensor it must keep', () => {
    expect(messages(withLevels(dram, { ...buffer, capacity: { kind: 'shared', bits: 47 } }))).toEqual([
      'levels.1.capacity: L2: 47 bits are too small for one word of each tensor it must keep (Weights, Inputs, Outputs: 48 bits)',
    ]);
    expect(messages(withLevels(dram, { ...buffer, storedBits: { Outputs: 32 } }))[0]).toContain('64 bits');
    expect(messages(withLevels(dram, { ...buffer, doubleBuffered: true }))[0]).toContain('double-buffered');
    expect(messages(withLevels(dram, { ...buffer, mustKeep: ['Weights'] }))).toEqual([]);
  });

  it('look at each part of a partitioned level', () => {
    const parts = (Weights: number, Inputs: number, Outputs: number): LevelSpecification => ({
      ...buffer,
      capacity: { kind: 'partitioned', bits: { Weights, Inputs, Outputs } },
    });
    expect(messages(withLevels(dram, parts(16, 16, 16)))).toEqual([]);
    expect(messages(withLevels(dram, parts(99, 15, 99)))).toEqual([
      'levels.1.capacity: L2: the part of Inputs holds 15 bits, but one word takes 16',
    ]);
    expect(messages(withLevels(dram, { ...parts(0, 0, 0), mustKeep: [] }))[0]).toContain('the capacity is 0');
  });

  it('look for one word and one block, also where nothing must be kept', () => {
    const free = { ...buffer, mustKeep: [] } as const;
    const shared = (bits: number, more: Partial<LevelSpecification> = {}) =>
      messages(withLevels(dram, { ...free, capacity: { kind: 'shared', bits }, ...more }));
    expect(shared(16)).toEqual([]);
    expect(shared(15)).toEqual(['levels.1.capacity: L2: 15 bits are too small for one word of 16 bits']);
    expect(shared(31, { doubleBuffered: true })).toEqual([
      'levels.1.capacity: L2: 31 bits are too small for one word of 16 bits twice (double-buffered)',
    ]);
    expect(shared(64, { blockWords: 4 })).toEqual([]);
    expect(shared(63, { blockWords: 4 })).toEqual([
      'levels.1.capacity: L2: the memory holds 63 bits, but a block of 4 words of 16 bits takes 64',
    ]);
    const parts = (Weights: number) => {
      const capacity = { kind: 'partitioned', bits: { Weights, Inputs: 0, Outputs: 48 } } as const;
      return messages(withLevels(dram, { ...free, capacity, blockWords: 4 }));
    };
    expect(parts(64)).toEqual([]);
    expect(parts(63)).toEqual([
      'levels.1.capacity: L2: the largest part holds 63 bits, but a block of 4 words of 16 bits takes 64',
    ]);
    const narrow = { kind: 'partitioned', bits: { Weights: 64, Inputs: 0, Outputs: 8 } } as const;
    expect(messages(withLevels(dram, { ...free, capacity: narrow }))).toEqual([
      'levels.1.capacity: L2: the part of Outputs holds 8 bits, but one word takes 16',
    ]);
  });

  it('cover hierarchy, names, values and keeping', () => {
    expect(messages(withLevels())[0]).toContain('no DRAM level');
    expect(messages(withLevels(buffer))[0]).toContain('no DRAM level');
    expect(messages(withLevels(dram, { ...dram, name: 'second' }))[0]).toContain('only the first level');
    expect(messages(withLevels(dram, buffer, buffer))[0]).toContain('a second level is named L2');
    expect(messages(withLevels(dram, { ...buffer, capacity: { kind: 'unlimited' } }))[0]).toContain('needs a capacity');
    expect(messages(withLevels(dram, { ...buffer, mayKeep: ['Inputs'], mustKeep: ['Weights'] }))[0]).toContain(
      'must keep Weights but may not',
    );
    expect(messages(withLevels({ ...dram, mayKeep: ['Inputs'], mustKeep: [] }))).toHaveLength(2);
    expect(messages(withLevels(dram, { ...buffer, blockWords: 0 }))[0]).toContain('levels.1.blockWords');
    expect(messages(withLevels(dram, { ...buffer, wordBits: 1.5 }))[0]).toContain('levels.1.wordBits');
    expect(messages(withLevels(dram, { ...buffer, areaMm2: -1 }))[0]).toContain('levels.1.areaMm2');
    expect(messages(withLevels(dram, { ...buffer, dramKind: 'ddr3' }))[0]).toContain('levels.1.dramKind');
    expect(messages(withLevels(dram, { ...buffer, capacity: { kind: 'shared', bits: 64.5 } }))[0]).toContain('whole');
    expect(messages(withLevels(dram, { ...buffer, bandwidth: { read: { unit: 'B/s', value: 0 } } }))[0]).toContain(
      'levels.1.bandwidth.read',
    );
    expect(
      messages(withLevels(dram, { ...buffer, energy: { readPj: 1, fillPj: Number.NaN, updatePj: 1 } }))[0],
    ).toContain('levels.1.energy.fillPj');
    expect(
      messages(withLevels(...Array.from({ length: 7 }, (_, i) => ({ ...(i ? buffer : dram), name: `${i}` })))),
    ).toEqual(['levels: more than 6 storage levels']);
    expect(messages({ ...withLevels(dram), clockHz: 0 })[0]).toContain('clockHz');
    expect(messages({ ...withLevels(dram), mac: { weightBits: 0, inputBits: 8, accumulatorBits: 8 } })[0]).toContain(
      'mac.weightBits',
    );
  });

  it('cover the array', () => {
    const array = (...dimensions: LevelSpecification['fanOut']['dimensions']): AcceleratorSpecification =>
      withLevels(dram, { ...buffer, fanOut: { ...buffer.fanOut, dimensions } });
    const x = { name: 'X', size: 4, parallelDims: ['K', 'C'] } as const;
    expect(messages(array(x))).toEqual([]);
    expect(messages(array(x, x))[0]).toContain('dimensions.1.name');
    expect(messages(array({ ...x, size: 0 }))[0]).toContain('dimensions.0.size');
    expect(messages(array({ ...x, parallelDims: ['K', 'K'] }))[0]).toContain('listed twice');
    expect(messages(array(...['X', 'Y', 'Z', 'W'].map((name) => ({ ...x, name }))))[0]).toContain('more than 3');
  });
});
