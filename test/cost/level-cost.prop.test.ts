import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessEnergyPj, levelCycles, portCycles, slowedCycles } from '../../src/cost/level-cost.ts';

const bits = fc.nat(1_000_000);
const rate = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 64 }));

/** ceil(a / b) of integers of any size. */
const ceilOf = (a: bigint, b: bigint) => Number((a + b - 1n) / b);

describe('portCycles', () => {
  it('is the least whole number of cycles for the bits, whatever decimal or quotient the rate is', () => {
    const decimals = fc.integer({ min: 1, max: 5_000 }).map((tenths) => [tenths, 10] as const);
    const hundredths = fc.integer({ min: 1, max: 5_000 }).map((parts) => [parts, 100] as const);
    const quotients = fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 900 }));
    fc.assert(
      fc.property(
        fc.oneof(decimals, hundredths, quotients),
        fc.oneof(bits, fc.integer({ min: 2 ** 50, max: 2 ** 53 - 1 })),
        fc.integer({ min: 1, max: 64 }),
        fc.nat(63),
        ([numerator, denominator], whole, wordBits, parts) => {
          // Words in a code of zeros take whole parts of a bit.
          const moved = whole < 2 ** 46 ? whole + parts / 64 : whole;
          const exact = ceilOf(BigInt(moved * 64) * BigInt(denominator), BigInt(numerator * wordBits) * 64n);
          expect(portCycles(moved, numerator / denominator, wordBits)).toBe(exact);
          // The same rate as a quotient of other numbers, rounded twice.
          expect(portCycles(moved, ((numerator * 1e9) / 3 / (denominator * 1e9)) * 3, wordBits)).toBe(exact);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('has no error of doubles', () => {
    expect(portCycles(21 * 8, 0.7, 8)).toBe(30);
    expect(portCycles(3, 0.1, 1)).toBe(30);
    expect(portCycles(128, 25.6e9 / 1.4e9, 1)).toBe(7);
  });

  it('is 0 without limits', () => {
    expect(portCycles(12, Number.POSITIVE_INFINITY, 8)).toBe(0);
  });

  it('takes a rate that is no simple fraction as it is', () => {
    expect(portCycles(1000, Math.PI, 1)).toBe(319);
    expect(portCycles(7, 1e-12, 1)).toBe(7e12);
  });
});

describe('slowedCycles', () => {
  it('stretches the compute cycles by the most loaded port, up to one cycle of rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), bits, bits, rate, rate, rate, (cycles, ...rest) => {
        const [read, written, readPort, writePort, sharedPort] = rest;
        const slowed = slowedCycles(cycles, read / cycles, written / cycles, readPort, writePort, sharedPort);
        const ports = [portCycles(read, readPort, 1), portCycles(written, writePort, 1)];
        const needed = Math.max(cycles, ...ports, portCycles(read + written, sharedPort, 1));
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

  it('is that of as many accesses as words where each moves one, however they are spread', () => {
    const level = { blockWords: 1, wordBits: 8 };
    expect(accessEnergyPj(level, 5, 9, 2, 8)).toBe(45);
    expect(accessEnergyPj(level, 5, 9, 2, 16)).toBe(90);
    expect(accessEnergyPj(level, 5, 9, 2, 4)).toBe(30);
  });
});
