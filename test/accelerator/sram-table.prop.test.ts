import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitSramTable,
  type SramRow,
  type SramTable,
  sramAccess,
  sramAreaMm2,
  sramLeakageMw,
} from '../../src/accelerator/sram-table.ts';
import { TECHNOLOGIES } from './files.ts';

const figure = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

/** Rows as no tool would give them: figures in no order at all. */
const rows: fc.Arbitrary<SramRow[]> = fc.uniqueArray(
  fc.record({
    bits: fc.constantFrom(8, 16, 32, 64),
    bytes: fc.integer({ min: 4, max: 20 }).map((exponent) => 2 ** exponent),
    readPj: figure,
    writePj: figure,
    leakageMw: figure,
    areaMm2: figure,
  }),
  { minLength: 1, maxLength: 30, selector: (row) => `${row.bits} ${row.bytes}` },
);

const bytes = fc.double({ min: 0.25, max: 2 ** 26, noNaN: true });
const bits = fc.integer({ min: 1, max: 1024 });
const atMost = (low: number, high: number) => expect(low).toBeLessThanOrEqual(high * (1 + 1e-9));

const cactiTables: readonly SramTable[] = [...TECHNOLOGIES.values()].flatMap(({ memory }) =>
  memory.kind === 'sram-table' ? [memory.table] : [],
);

const anyTable = fc.oneof(rows.map(fitSramTable), fc.constantFrom(...cactiTables));

describe('SRAM table', () => {
  it('never charges a larger memory less: access, area, leakage', () => {
    fc.assert(
      fc.property(anyTable, bytes, bytes, bits, (table, a, b, width) => {
        const [small, large] = a < b ? [a, b] : [b, a];
        atMost(sramAccess(table, small, width).readPj, sramAccess(table, large, width).readPj);
        atMost(sramAccess(table, small, width).writePj, sramAccess(table, large, width).writePj);
        atMost(sramAreaMm2(table, small, width), sramAreaMm2(table, large, width));
        atMost(sramLeakageMw(table, small, width), sramLeakageMw(table, large, width));
      }),
      { numRuns: 2000 },
    );
  });

  it('never charges a wider access less', () => {
    fc.assert(
      fc.property(anyTable, bytes, bits, bits, (table, size, a, b) => {
        const [narrow, wide] = a < b ? [a, b] : [b, a];
        atMost(sramAccess(table, size, narrow).readPj, sramAccess(table, size, wide).readPj);
        atMost(sramAccess(table, size, narrow).writePj, sramAccess(table, size, wide).writePj);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back measured rows that are monotone already, and positive finite figures everywhere', () => {
    fc.assert(
      fc.property(rows, bytes, bits, (input, size, width) => {
        const sorted = [...input].sort((a, b) => a.bits - b.bits || a.bytes - b.bytes);
        // Each figure grows with the rank of (size, width): monotone along both.
        const monotone = sorted.map((row) => {
          const rank = Math.log2(row.bytes) + Math.log2(row.bits);
          return { ...row, readPj: rank, writePj: 2 * rank, leakageMw: 3 * rank, areaMm2: 4 * rank };
        });
        const table = fitSramTable(monotone);
        const narrowest = monotone[0]!.bits;
        for (const row of monotone.filter((candidate) => candidate.bits === narrowest)) {
          expect(sramAccess(table, row.bytes, row.bits).readPj).toBeCloseTo(row.readPj, 9);
          expect(sramAccess(table, row.bytes, row.bits).writePj).toBeCloseTo(row.writePj, 9);
          expect(sramAreaMm2(table, row.bytes, row.bits)).toBeCloseTo(row.areaMm2, 9);
          expect(sramLeakageMw(table, row.bytes, row.bits)).toBeCloseTo(row.leakageMw, 9);
        }
        const { readPj, writePj } = sramAccess(table, size, width);
        for (const value of [readPj, writePj, sramAreaMm2(table, size, width), sramLeakageMw(table, size, width)])
          expect(value > 0 && Number.isFinite(value)).toBe(true);
      }),
    );
  });

  const row = (width: number, size: number, readPj: number): SramRow => ({
    bits: width,
    bytes: size,
    readPj,
    writePj: readPj,
    leakageMw: size,
    areaMm2: size / 1000,
  });

  it('interpolates in log(size) and log(width)', () => {
    const table = fitSramTable([row(16, 64, 1), row(16, 1024, 4), row(64, 64, 2), row(64, 1024, 8)]);
    expect(sramAccess(table, 256, 16).readPj).toBeCloseTo(2, 12);
    expect(sramAccess(table, 64, 32).readPj).toBeCloseTo(Math.SQRT2, 12);
    expect(sramAccess(table, 256, 32).readPj).toBeCloseTo(2 * Math.SQRT2, 12);
  });

  it('has the stated rules outside the table', () => {
    const table = fitSramTable([row(16, 64, 1), row(16, 1024, 4), row(64, 64, 2), row(64, 1024, 8)]);
    expect(sramAccess(table, 2, 16).readPj).toBeCloseTo(1, 12);
    expect(sramAreaMm2(table, 2, 16)).toBeCloseTo(0.002, 12);
    expect(sramLeakageMw(table, 2, 16)).toBeCloseTo(2, 12);
    expect(sramAccess(table, 4096, 16).readPj).toBeCloseTo(8, 12);
    expect(sramAreaMm2(table, 4096, 16)).toBeCloseTo(4.096, 12);
    expect(sramAccess(table, 64, 4).readPj).toBeCloseTo(0.5, 12);
    expect(sramAccess(table, 64, 128).readPj).toBeCloseTo(4, 12);
    expect(sramAreaMm2(table, 64, 4)).toBeCloseTo(sramAreaMm2(table, 64, 16), 12);
  });

  it('prices a width below its own smallest row as that row', () => {
    const table = fitSramTable([row(16, 64, 1), row(16, 1024, 4), row(64, 256, 5), row(64, 1024, 8)]);
    expect(sramAccess(table, 64, 64).readPj).toBeCloseTo(5, 12);
  });

  it('refuses meaningless rows', () => {
    expect(() => fitSramTable([])).toThrow(RangeError);
    expect(() => fitSramTable([row(16, 64, 0)])).toThrow(RangeError);
    expect(() => fitSramTable([row(16, 64, 1), row(16, 64, 2)])).toThrow(/twice/);
  });
});
