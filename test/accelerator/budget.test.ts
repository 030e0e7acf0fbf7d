import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import {
  type Budget,
  bufferBytesPerCycle,
  checkBudget,
  dramBytesPerSecond,
  peakPowerMw,
  violationText,
} from '../../src/accelerator/budget.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';

const level: StorageLevel = {
  name: 'L1',
  isDram: false,
  capacity: { kind: 'shared', bits: 4096 },
  doubleBuffered: false,
  wordBits: 16,
  storedBits: {},
  blockWords: 2,
  bandwidth: { readWordsPerCycle: 3, writeWordsPerCycle: 1 },
  energy: { readPj: 2, fillPj: 100, updatePj: 4 },
  mayKeep: TENSORS,
  mustKeep: [],
  instances: 10,
  areaMm2: 0.2,
  leakagePjPerCycle: 3,
  fanOut: { dimensions: [], multicast: { Weights: true, Inputs: true, Outputs: true }, hopEnergyPj: 0 },
};
const dram: StorageLevel = {
  ...level,
  name: 'DRAM',
  isDram: true,
  capacity: { kind: 'unlimited' },
  bandwidth: { sharedWordsPerCycle: 1.2 },
  instances: 1,
  areaMm2: 0,
  leakagePjPerCycle: 0,
};
const accelerator: Accelerator = {
  name: 'a',
  levels: [dram, level],
  mac: { instances: 10, wordBits: 16, energyPj: 1, areaMm2: 0.1 },
  clockHz: 2e8,
  technology: 't',
  source: 's',
};
/** Exactly what the accelerator uses. */
const exact: Required<Omit<Budget, 'baseline' | 'bounds'>> = {
  name: 'b',
  source: 's',
  processingElements: 10,
  onChipBits: 40960,
  dramBytesPerSecond: 4.8e8,
  bufferBytesPerCycle: 80,
  areaMm2: 3,
  powerMw: 18,
};

describe('budget', () => {
  it('measures by hand', () => {
    expect(dramBytesPerSecond(accelerator)).toBeCloseTo(4.8e8, 3);
    expect(bufferBytesPerCycle(accelerator)).toBe(80);
    // 10 MACs x (1 + (3 x 2 + 4) / 2) pJ + 10 x 3 pJ of leakage = 90 pJ per cycle of 5 ns.
    expect(peakPowerMw(accelerator)).toBeCloseTo(18, 12);
  });

  it('holds for an accelerator that uses exactly all of it', () => {
    expect(checkBudget(accelerator, exact)).toEqual([]);
    const { name, source, processingElements, onChipBits } = exact;
    const unlimited = { ...accelerator, levels: [{ ...dram, bandwidth: {} }, level] };
    expect(checkBudget(unlimited, { name, source, processingElements, onChipBits })).toEqual([]);
  });

  it('reports each exceeded limit, and only those, with its relative excess', () => {
    const resources = {
      processingElements: ['processing elements', ''],
      onChipBits: ['on-chip memory', 'bit'],
      dramBytesPerSecond: ['DRAM bandwidth', 'B/s'],
      bufferBytesPerCycle: ['buffer bandwidth', 'B/cycle'],
      areaMm2: ['area', 'mm^2'],
      powerMw: ['power', 'mW'],
    } as const;
    type Key = keyof typeof resources;
    const keys = Object.keys(resources) as Key[]; // keys of the literal above
    fc.assert(
      fc.property(fc.subarray(keys), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (chosen, share) => {
        const tight = Object.fromEntries(chosen.map((key) => [key, exact[key] * share]));
        const violations = checkBudget(accelerator, { ...exact, ...tight });
        expect(violations.map(({ resource, unit }) => [resource, unit])).toEqual(
          chosen.map((key) => [...resources[key]]),
        );
        for (const [i, { limit, used, excess }] of violations.entries()) {
          expect(limit).toBe(exact[chosen[i]!] * share);
          expect(used / exact[chosen[i]!]).toBeCloseTo(1, 9);
          expect(excess).toBeCloseTo(1 / share - 1, 6);
        }
      }),
    );
  });

  it('counts an unlimited bandwidth as beyond every limit', () => {
    const unlimited = { ...accelerator, levels: [{ ...dram, bandwidth: { readWordsPerCycle: 1 } }, level] };
    expect(checkBudget(unlimited, exact)).toEqual([
      { resource: 'DRAM bandwidth', unit: 'B/s', limit: 4.8e8, used: Infinity, excess: Infinity },
    ]);
  });

  it('bounds single memories and the axes of the array from both sides', () => {
    const axes = [
      { name: 'X', size: 5, parallelDims: 'any' as const },
      { name: 'Y', size: 2, parallelDims: 'any' as const },
    ];
    const wide = { ...accelerator, levels: [{ ...dram, fanOut: { ...dram.fanOut, dimensions: axes } }, level] };
    const textsOf = (bounds: NonNullable<Budget['bounds']>) =>
      checkBudget(wide, { ...exact, bounds }).map(violationText);
    for (const name of ['L1', 'buffer', 'registers']) {
      expect(textsOf({ capacityBits: { [name]: { least: 4096, most: 4096 } } })).toEqual([]);
      expect(textsOf({ capacityBits: { [name]: { least: 8192 } } })).toEqual([
        `capacity of ${name} 512 B, at least 1 KiB`,
      ]);
      expect(textsOf({ capacityBits: { [name]: { most: 2048 } } })).toEqual([`capacity of ${name} 512 B of 256 B`]);
    }
    expect(textsOf({ capacityBits: { L9: { least: 8 } } })).toEqual(['capacity of L9 0 B, at least 1 B']);
    expect(textsOf({ axisSizes: { X: { least: 5, most: 5 }, Y: { least: 1 } } })).toEqual([]);
    expect(textsOf({ axisSizes: { X: { most: 4 }, Z: { most: 3 } } })).toEqual([
      'size of axis X 5 of 4',
      'size of axis Z 0, at least 1',
      'size of axis Y 2 of 1',
    ]);
    const [low, high] = [{ least: 8192 }, { most: 2048 }].map(
      (range) => checkBudget(wide, { ...exact, bounds: { capacityBits: { L1: range } } })[0]!.excess,
    );
    expect([low, high]).toEqual([1, 1]);
  });
});
