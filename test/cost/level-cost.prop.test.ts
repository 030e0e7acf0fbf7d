import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessEnergyPj, levelCycles, portCycles, slowedCycles } from '../../src/cost/level-cost.ts';

const bits = fc.nat(1_000_000);
const rate = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 64 }));

describe('portCycles', () => {
  it('is the least time in which every port can move its bits', () => {
    fc.assert(
      fc.property(bits, bits, rate, rate, rate, (read, written, readPort, writePort, sharedPort) => {
        const fits = (cycles: number) =>
          (read === 0 || read <= cycles * readPort) &&
          (written === 0 || written <= cycles * writePort) &&
          (read + written === 0 || read + written <= cycles * sharedPort);
        const cycles = Math.ceil(portCycles(read, written, readPort, writePort, sharedPort));
        expect(cycles === 0 || fits(cycles)).toBe(true);
        if (cycles > 1) expect(fits(cycles - 1)).toBe(false);
      }),
    );
  });

  it('is 0 without limits', () => {
    expect(portCycles(5, 7, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
  });
});

describe('slowedCycles', () => {
  it('stretches the compute cycles by the most loaded port, up to one cycle of rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), bits, bits, rate, rate, rate, (cycles, ...rest) => {
        const [read, written, readPort, writePort, sharedPort] = rest;
        const slowed = slowedCycles(cycles, read / cycles, written / cycles, readPort, writePort, sharedPort);
        const needed = Math.max(cycles, Math.ceil(portCycles(read, written, readPort, writePort, sharedPort)));
        expect(slowed).toBeGreaterThanOrEqual(needed);
        expect(slowed).toBeLessThanOrEqual(needed + 1);
      }),
    );
  });
});

describe('levelCycles', () => {
  /** 30 bits read, 60 bits written. */
  const uses = [
    { reads: 3, writes: 1, bits: 10 },
    { reads: 0, writes: 2, bits: 25 },
  ];
  const cyclesAt = (bandwidth: Parameters<typeof levelCycles>[0]['bandwidth'], computeCycles = 1) =>
    (['exact', 'timeloop'] as const).map((rule) => levelCycles({ bandwidth, wordBits: 8 }, computeCycles, uses, rule));

  it('divides the bits of each port by the bits of its words, rounded up', () => {
    expect(cyclesAt({ readWordsPerCycle: 2 })).toEqual([2, 2]);
    expect(cyclesAt({ writeWordsPerCycle: 0.5 })).toEqual([15, 15]);
    expect(cyclesAt({ sharedWordsPerCycle: 4 })).toEqual([3, 3]);
    expect(cyclesAt({ readWordsPerCycle: 2, writeWordsPerCycle: 0.5, sharedWordsPerCycle: 4 })).toEqual([15, 15]);
  });

  it('is never below the compute cycles', () => {
    expect(cyclesAt({ writeWordsPerCycle: 0.5 }, 40)).toEqual([40, 40]);
    expect(cyclesAt({}, 7)).toEqual([7, 7]);
  });
});

describe('accessEnergyPj', () => {
  const level = { blockWords: 4, wordBits: 8 };
  it('rounds the accesses of an average instance up to whole blocks', () => {
    expect(accessEnergyPj(level, 5, 8, 1, 8)).toBe(10);
    expect(accessEnergyPj(level, 5, 9, 1, 8)).toBe(15);
    expect(accessEnergyPj(level, 5, 9, 3, 8)).toBe(15);
    expect(accessEnergyPj(level, 5, 9, 1, 16)).toBe(25);
    expect(accessEnergyPj(level, 5, 0, 3, 8)).toBe(0);
  });
});
