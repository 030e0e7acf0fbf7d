import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaMm2, childrenOf, type StorageLevel } from '../../src/accelerator/accelerator.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import type { AcceleratorSpecification, LevelSpecification } from '../../src/accelerator/specification.ts';
import { memoryAccess, memoryAreaMm2, memoryLeakageMw } from '../../src/accelerator/technology.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import { specificationArbitrary } from './arbitraries.ts';
import { TECHNOLOGIES } from './files.ts';

const cacti = TECHNOLOGIES.get('cacti-65nm')!;
const ratios = TECHNOLOGIES.get('eyeriss-ratios')!;
const selectable = fc.constantFrom(...TECHNOLOGIES.values());

const level: LevelSpecification = {
  name: 'L',
  role: 'buffer',
  capacity: { kind: 'shared', bits: 108 * 8192 },
  wordBits: 16,
  storedBits: {},
  blockWords: 4,
  doubleBuffered: false,
  bandwidth: {},
  mayKeep: TENSORS,
  mustKeep: [],
  fanOut: { dimensions: [], multicast: { Weights: true, Inputs: true, Outputs: true } },
};
const dram: LevelSpecification = { ...level, name: 'DRAM', role: 'dram', capacity: { kind: 'unlimited' } };

function specificationOf(...levels: LevelSpecification[]): AcceleratorSpecification {
  return {
    name: 'a',
    source: 's',
    technology: 't',
    clockHz: 2e8,
    countLeakage: false,
    levels: [dram, ...levels],
    mac: { weightBits: 16, inputBits: 16, accumulatorBits: 32 },
  };
}

const built = (one: LevelSpecification, technology = cacti): StorageLevel =>
  buildAccelerator(specificationOf(one), technology).levels[1]!;

describe('building an accelerator', () => {
  it('multiplies instances along the fan-outs and gives finite non-negative constants', () => {
    fc.assert(
      fc.property(specificationArbitrary, selectable, (specification, technology) => {
        const accelerator = buildAccelerator(specification, technology);
        let instances = 1;
        for (const one of accelerator.levels) {
          expect(one.instances).toBe(instances);
          instances *= childrenOf(one);
          const figures = [...Object.values(one.energy), one.areaMm2, one.leakagePjPerCycle, one.fanOut.hopEnergyPj];
          for (const value of figures) expect(value >= 0 && Number.isFinite(value)).toBe(true);
        }
        expect(accelerator.mac.instances).toBe(instances);
        expect(accelerator.levels.map((one) => one.isDram)).toEqual(
          specification.levels.map((one) => one.role === 'dram'),
        );
      }),
    );
  });

  it('prefers what the specification states', () => {
    fc.assert(
      fc.property(specificationArbitrary, selectable, (specification, technology) => {
        const accelerator = buildAccelerator(specification, technology);
        for (const [index, stated] of specification.levels.entries()) {
          const one = accelerator.levels[index]!;
          if (stated.energy !== undefined) expect(one.energy).toEqual(stated.energy);
          if (stated.areaMm2 !== undefined) expect(one.areaMm2).toBe(stated.areaMm2);
          if (stated.fanOut.hopEnergyPj !== undefined) expect(one.fanOut.hopEnergyPj).toBe(stated.fanOut.hopEnergyPj);
        }
        const { energyPj, areaMm2: area } = specification.mac;
        if (energyPj !== undefined) expect(accelerator.mac.energyPj).toBe(energyPj);
        if (area !== undefined) expect(accelerator.mac.areaMm2).toBe(area);
      }),
    );
  });

  it('never makes a larger level cheaper', () => {
    const size = fc.integer({ min: 1, max: 2 ** 27 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.constantFrom(8, 16, 32),
        fc.integer({ min: 1, max: 16 }),
        (a, b, wordBits, blockWords) => {
          const [small, large] = [Math.min(a, b), Math.max(a, b)].map((bits) =>
            built({ ...level, wordBits, blockWords, capacity: { kind: 'shared', bits } }),
          ) as [StorageLevel, StorageLevel]; // two sizes in, two levels out
          expect(small.energy.readPj).toBeLessThanOrEqual(large.energy.readPj * (1 + 1e-9));
          expect(small.energy.updatePj).toBeLessThanOrEqual(large.energy.updatePj * (1 + 1e-9));
          expect(small.areaMm2).toBeLessThanOrEqual(large.areaMm2 * (1 + 1e-9));
        },
      ),
    );
  });

  it('prices an access of a block at the capacity of one instance', () => {
    const { readPj, writePj } = memoryAccess(cacti, 'buffer', 108 * 8192, 64);
    expect(built(level).energy).toEqual({ readPj, fillPj: writePj, updatePj: writePj });
    expect(built(level).areaMm2).toBe(memoryAreaMm2(cacti, 108 * 8192, 64));
    expect(built({ ...level, role: 'register-file' }, ratios).energy.readPj).toBe(4);
    expect(built(level, ratios).energy.readPj).toBe(24);
  });

  it('prices DRAM by its kind, per bit, off chip', () => {
    const [one] = buildAccelerator({ ...specificationOf(), levels: [{ ...dram, dramKind: 'lpddr4' }] }, cacti).levels;
    expect(one!.energy).toEqual({ readPj: 384, fillPj: 384, updatePj: 384 });
    expect(one!.areaMm2).toBe(0);
    expect(() => buildAccelerator({ ...specificationOf(), levels: [{ ...dram, dramKind: 'sdr' }] }, cacti)).toThrow(
      /no DRAM kind 'sdr'/,
    );
  });

  it('prices the parts of a partitioned level one by one', () => {
    const one = built({
      ...level,
      blockWords: 1,
      capacity: { kind: 'partitioned', bits: { Weights: 448 * 8, Inputs: 0, Outputs: 128 * 8 } },
    });
    const weights = memoryAccess(cacti, 'buffer', 448 * 8, 16);
    const outputs = memoryAccess(cacti, 'buffer', 128 * 8, 16);
    expect(one.energy.readPj).toBeCloseTo((weights.readPj + outputs.readPj) / 2, 12);
    expect(one.energy.fillPj).toBeCloseTo((weights.writePj + outputs.writePj) / 2, 12);
    expect(one.energy.updatePj).toBe(outputs.writePj);
    expect(one.areaMm2).toBeCloseTo(memoryAreaMm2(cacti, 448 * 8, 16) + memoryAreaMm2(cacti, 128 * 8, 16), 12);
  });

  it('turns bytes per second into words per cycle with the clock', () => {
    const one = built({
      ...level,
      bandwidth: { shared: { unit: 'B/s', value: 4.8e8 }, read: { unit: 'words/cycle', value: 3 } },
    });
    expect(one.bandwidth).toEqual({ readWordsPerCycle: 3, sharedWordsPerCycle: 1.2 });
  });

  it('charges hops only where there is more than one child', () => {
    const array = (size: number): LevelSpecification => ({
      ...level,
      fanOut: { ...level.fanOut, dimensions: [{ name: 'X', size, parallelDims: 'any' }] },
    });
    expect(built(array(1), ratios).fanOut.hopEnergyPj).toBe(0);
    expect(built(array(2), ratios).fanOut.hopEnergyPj).toBe(2);
    expect(built(array(2), cacti).fanOut.hopEnergyPj).toBe(0);
  });

  it('counts leakage only when asked: 1 mW at 200 MHz is 5 pJ per cycle', () => {
    const specification = specificationOf(level, { ...level, name: 'M', leakageMw: 1 });
    expect(buildAccelerator(specification, cacti).levels.map((one) => one.leakagePjPerCycle)).toEqual([0, 0, 0]);
    const leaking = buildAccelerator({ ...specification, countLeakage: true }, cacti);
    expect(leaking.levels[1]!.leakagePjPerCycle).toBeCloseTo(5 * memoryLeakageMw(cacti, 108 * 8192, 64), 9);
    expect(leaking.levels[2]!.leakagePjPerCycle).toBeCloseTo(5, 12);
    expect(leaking.levels[0]!.leakagePjPerCycle).toBe(0);
  });

  it('says of each level why it leaks nothing', () => {
    const known = specificationOf(level, { ...level, name: 'M', leakageMw: 0 });
    const reasons = (countLeakage: boolean, technology: typeof cacti) =>
      buildAccelerator({ ...known, countLeakage }, technology).levels.map((one) => one.leakageLeftOut);
    expect(reasons(true, cacti)).toEqual(['unknown', undefined, undefined]);
    expect(reasons(false, cacti)).toEqual(['unknown', 'off', 'off']);
    expect(reasons(true, ratios)).toEqual(['unknown', 'unknown', undefined]);
    expect(reasons(false, ratios)).toEqual(['unknown', 'unknown', 'off']);
  });

  it('adds up the area of MACs, memories and wires', () => {
    const specification = specificationOf({
      ...level,
      areaMm2: 2,
      fanOut: { ...level.fanOut, dimensions: [{ name: 'X', size: 8, parallelDims: 'any' }] },
    });
    const accelerator = buildAccelerator({ ...specification, mac: { ...specification.mac, areaMm2: 0.5 } }, cacti);
    const { wires } = accelerator.levels.at(-1)!.fanOut;
    expect(wires!.areaMm2).toBeGreaterThan(0);
    expect(areaMm2(accelerator)).toBe(6 + wires!.areaMm2);
  });
});
