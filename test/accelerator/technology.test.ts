import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dramPjPerBit,
  isSizeDependent,
  macAreaMm2,
  macEnergyPj,
  memoryAccess,
  memoryAreaMm2,
  memoryLeakageMw,
  type Technology,
} from '../../src/accelerator/technology.ts';
import { TECHNOLOGIES } from './files.ts';

const KIB = 8192;
const technology = (name: string): Technology => TECHNOLOGIES.get(name)!;
const any = fc.constantFrom(...TECHNOLOGIES.values());
const role = fc.constantFrom('buffer' as const, 'register-file' as const);
const width = fc.integer({ min: 1, max: 128 });

describe('technologies', () => {
  it('are the ones that presets and searches name', () => {
    expect([...TECHNOLOGIES.keys()].sort()).toEqual(
      [22, 32, 45, 65, 90]
        .map((nm) => `cacti-${nm}nm`)
        .concat([5, 7, 12, 16].map((nm) => `scaled-${nm}nm`))
        .concat('eyeriss-ratios', 'maestro')
        .sort(),
    );
    for (const [name, { name: own }] of TECHNOLOGIES) expect(own).toBe(name);
  });

  it('are monotone in capacity, at every width of an access', () => {
    const capacity = fc.integer({ min: 8, max: 2 ** 28 });
    fc.assert(
      fc.property(any, role, capacity, capacity, width, (one, what, a, b, bits) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        const slack = 1 + 1e-9;
        const low = memoryAccess(one, what, small, bits);
        const high = memoryAccess(one, what, large, bits);
        expect(low.readPj).toBeLessThanOrEqual(high.readPj * slack);
        expect(low.writePj).toBeLessThanOrEqual(high.writePj * slack);
        expect(memoryAreaMm2(one, small, bits)).toBeLessThanOrEqual(memoryAreaMm2(one, large, bits) * slack);
        expect(memoryLeakageMw(one, small, bits)).toBeLessThanOrEqual(memoryLeakageMw(one, large, bits) * slack);
      }),
      { numRuns: 1000 },
    );
  });

  it('are monotone in the widths of a MAC', () => {
    fc.assert(
      fc.property(any, width, width, width, (one, weights, inputs, accumulator) => {
        const base = macEnergyPj(one, weights, inputs, accumulator);
        expect(base).toBeGreaterThan(0);
        expect(macEnergyPj(one, weights + 1, inputs, accumulator)).toBeGreaterThan(base);
        expect(macEnergyPj(one, weights, inputs + 1, accumulator)).toBeGreaterThan(base);
        expect(macEnergyPj(one, weights, inputs, accumulator + 1)).toBeGreaterThanOrEqual(base);
        expect(macAreaMm2(one, weights + 1, inputs)).toBeGreaterThanOrEqual(macAreaMm2(one, weights, inputs));
      }),
    );
  });

  it('say whether sizes matter', () => {
    for (const [name, one] of TECHNOLOGIES) expect(isSizeDependent(one)).toBe(/^(cacti|scaled)-/.test(name));
  });
});

describe('cacti technologies', () => {
  const cacti = technology('cacti-45nm');

  it('have the arithmetic of Horowitz at 45 nm', () => {
    expect(macEnergyPj(cacti, 8, 8, 8)).toBeCloseTo(0.2 + 0.03, 12);
    expect(macEnergyPj(cacti, 8, 8, 32)).toBeCloseTo(0.2 + 0.1, 12);
    expect(macEnergyPj(cacti, 32, 32, 32)).toBeCloseTo(3.1 + 0.1, 12);
    expect(macEnergyPj(cacti, 16, 16, 32)).toBeCloseTo(0.1 + 0.2 * 4 ** (Math.log(15.5) / Math.log(16)), 12);
  });

  it('scale arithmetic with the node and its area with the square', () => {
    expect(macEnergyPj(technology('cacti-90nm'), 8, 8, 32)).toBeCloseTo(0.6, 12);
    expect(macAreaMm2(cacti, 8, 8)).toBeCloseTo(282e-6 * (45 / 28) ** 2, 12);
    expect(macAreaMm2(technology('cacti-22nm'), 16, 8)).toBeCloseTo(2 * 282e-6 * (22 / 28) ** 2, 12);
  });

  it('have CACTI rows at table points that are monotone', () => {
    expect(memoryAccess(cacti, 'buffer', 0.5 * KIB, 16).readPj).toBeCloseTo(0.64593, 9);
    expect(memoryAccess(cacti, 'register-file', 0.5 * KIB, 16).writePj).toBeCloseTo(0.93709, 9);
    expect(memoryAccess(cacti, 'buffer', 32 * KIB, 64).readPj).toBeCloseTo(14.925, 9);
    expect(memoryAreaMm2(cacti, 8192 * KIB, 16)).toBeCloseTo(24.659, 9);
    expect(memoryLeakageMw(cacti, 1 * KIB, 16)).toBeCloseTo(0.82006, 9);
  });

  it('pool the fall between 64 and 128 KiB at 16 bits into the geometric mean', () => {
    const pooled = Math.sqrt(14.775 * 13.561);
    expect(memoryAccess(cacti, 'buffer', 64 * KIB, 16).readPj).toBeCloseTo(pooled, 9);
    expect(memoryAccess(cacti, 'buffer', 128 * KIB, 16).readPj).toBeCloseTo(pooled, 9);
  });

  it('let DRAM be chosen by kind', () => {
    expect(dramPjPerBit(cacti, undefined)).toBe(20);
    const published = { ddr4: 20, lpddr4: 6, lpddr5: 4.2, hbm2: 4, hbm2e: 6, hbm3: 5, gddr6: 7.5 };
    for (const [name, one] of TECHNOLOGIES)
      if (one.dram.kind === 'selectable')
        for (const [kind, pj] of Object.entries(published)) expect(dramPjPerBit(one, kind), name).toBe(pj);
    expect(() => dramPjPerBit(cacti, 'toString')).toThrow(/no DRAM kind 'toString'/);
  });
});

describe('scaled technologies', () => {
  const energies = (name: string) => {
    const one = technology(name);
    const { readPj, writePj } = memoryAccess(one, 'buffer', 64 * KIB, 64);
    return [readPj, writePj, macEnergyPj(one, 8, 8, 32), macAreaMm2(one, 8, 8), memoryLeakageMw(one, 64 * KIB, 64)];
  };

  it('cost less per access, MAC and area with every step to a smaller node', () => {
    const steps = ['cacti-22nm', 'scaled-16nm', 'scaled-12nm', 'scaled-7nm', 'scaled-5nm'].map(energies);
    for (const [i, smaller] of steps.slice(1).entries())
      for (const [j, figure] of smaller.entries()) expect(figure, `${i}, ${j}`).toBeLessThan(steps[i]![j]!);
  });

  it('shrink memories by their published cells: not from 16 to 12 nm, and less than logic below', () => {
    const [nm16, nm12, nm7, nm5] = [16, 12, 7, 5].map((nm) => technology(`scaled-${nm}nm`));
    const memory = (a: Technology, b: Technology) => memoryAreaMm2(a, 64 * KIB, 64) / memoryAreaMm2(b, 64 * KIB, 64);
    expect(memory(nm16!, nm12!)).toBe(1);
    expect(memory(nm16!, nm7!)).toBeCloseTo(0.07 / 0.027, 3);
    expect(memory(nm7!, nm5!)).toBeCloseTo(0.027 / 0.021, 3);
    expect(memory(nm7!, nm5!)).toBeLessThan(macAreaMm2(nm7!, 8, 8) / macAreaMm2(nm5!, 8, 8));
  });
});

describe('published ratios', () => {
  it('are Eyeriss table IV per 16-bit word: 1, 1, 2, 6, 200', () => {
    const eyeriss = technology('eyeriss-ratios');
    expect(macEnergyPj(eyeriss, 16, 16, 32)).toBe(1);
    expect(memoryAccess(eyeriss, 'register-file', 0.5 * KIB, 16)).toEqual({ readPj: 1, writePj: 1 });
    expect(eyeriss.hopPjPerBit * 16).toBe(2);
    expect(memoryAccess(eyeriss, 'buffer', 108 * KIB, 64)).toEqual({ readPj: 24, writePj: 24 });
    expect(dramPjPerBit(eyeriss, 'lpddr4') * 16).toBe(200);
  });

  it('are the constants of MAESTRO per byte: 0.23 pJ, 1.68 and 18.61 times that, no DRAM', () => {
    const maestro = technology('maestro');
    expect(macEnergyPj(maestro, 8, 8, 32)).toBe(0.23);
    expect(memoryAccess(maestro, 'register-file', 64, 8).readPj).toBeCloseTo(1.68 * 0.23, 9);
    expect(memoryAccess(maestro, 'buffer', 64, 8).writePj).toBeCloseTo(18.61 * 0.23, 9);
    expect(dramPjPerBit(maestro, undefined)).toBe(0);
    expect(macAreaMm2(maestro, 8, 8)).toBeCloseTo(282e-6, 12);
    expect(memoryAreaMm2(maestro, 1000, 8)).toBeCloseTo(86e-6, 12);
  });
});
