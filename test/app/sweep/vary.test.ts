import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityBits } from '../../../src/accelerator/accelerator.ts';
import { wordsPerCycle } from '../../../src/accelerator/specification.ts';
import { loadSpecification } from '../../../src/app/presets/load.ts';
import { readVariation } from '../../../src/app/sweep/vary.ts';
import { MAX_VALUES, readValues } from '../../../src/app/sweep/vary-values.ts';
import { TrifoldError } from '../../../src/util/errors.ts';

const eyeriss = loadSpecification('eyeriss');
const parted = loadSpecification('eyeriss-spads');

describe('readValues', () => {
  const read = (text: string) => readValues(text, Number);

  it('reads lists and ranges', () => {
    expect(read('8,12, 14')).toEqual([8, 12, 14]);
    expect(read('14,8,8')).toEqual([8, 14]);
    expect(read('5')).toEqual([5]);
    expect(read('8..64')).toEqual([8, 16, 32, 64]);
    expect(read('8..30')).toEqual([8, 16, 30]);
    expect(read('1..27 x3')).toEqual([1, 3, 9, 27]);
    expect(read('1..27x3')).toEqual([1, 3, 9, 27]);
    expect(read('8..20 +4')).toEqual([8, 12, 16, 20]);
    expect(read('8..19+4')).toEqual([8, 12, 16, 19]);
    expect(read('4..4')).toEqual([4]);
  });

  it('starts and ends where a range says, ascending, with the step between', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (from, span, step) => {
          const values = read(`${from}..${from + span} +${step}`);
          expect(values[0]).toBe(from);
          expect(values.at(-1)).toBe(from + span);
          expect(values.length).toBe(Math.ceil(span / step) + 1);
          for (let i = 1; i < values.length - 1; i++) expect(values[i]! - values[i - 1]!).toBe(step);
        },
      ),
    );
  });

  it('refuses ranges that do not end', () => {
    for (const text of ['8..4', '1..8 x1', '1..8 x0', '1..8 +0', '1,,2', '1..1000000 +1'])
      expect(() => read(text)).toThrow(TrifoldError);
    expect(read(`1..${MAX_VALUES} +1`)).toHaveLength(MAX_VALUES);
  });
});

describe('readVariation', () => {
  it('finds levels by name and alias, and sizes them', () => {
    for (const name of ['L2', 'l2', 'GlobalBuffer', 'globalbuffer', 'GlobalBuffer.capacity', 'L2.capacity']) {
      const { values, apply, unit } = readVariation(`${name}=64KiB..1MiB`, eyeriss);
      expect(unit).toBe('bit');
      expect(values.map((bits) => bits / 8192)).toEqual([64, 128, 256, 512, 1024]);
      expect(capacityBits(apply(eyeriss, values[0]!).levels[1]!.capacity)).toBe(64 * 8192);
    }
    const { apply } = readVariation('L1=128B,1KiB', eyeriss);
    expect(apply(eyeriss, 1024).levels[2]).toEqual({ ...eyeriss.levels[2], capacity: { kind: 'shared', bits: 1024 } });
    expect(readVariation('L2=64..256 KiB', eyeriss).values).toEqual(readVariation('L2=64KiB..256KiB', eyeriss).values);
  });

  it('keeps the proportions of parts', () => {
    const level = parted.levels.findIndex(({ capacity }) => capacity.kind === 'partitioned');
    const bits = capacityBits(parted.levels[level]!.capacity)!;
    const { apply } = readVariation(`${parted.levels[level]!.name}=${bits / 4}B`, parted);
    const [before, after] = [parted, apply(parted, 2 * bits)].map((one) => one.levels[level]!.capacity);
    if (before?.kind !== 'partitioned' || after?.kind !== 'partitioned') throw new Error('no parts');
    expect(after.bits.Weights).toBe(2 * before.bits.Weights);
    expect(after.bits.Outputs).toBe(2 * before.bits.Outputs);
  });

  it('sets bandwidths: a shared port, both ports in proportion, or one port', () => {
    const dram = readVariation('DRAM.bandwidth=1..4 GB/s', eyeriss);
    expect(dram).toMatchObject({ unit: 'B/s', values: [1e9, 2e9, 4e9] });
    expect(dram.apply(eyeriss, 1e9).levels[0]!.bandwidth).toEqual({ shared: { unit: 'B/s', value: 1e9 } });
    const both = readVariation('GlobalBuffer.bandwidth=26 words/cycle', eyeriss).apply(eyeriss, 26).levels[1]!
      .bandwidth;
    expect(both).toEqual({ read: { unit: 'words/cycle', value: 18 }, write: { unit: 'words/cycle', value: 8 } });
    const read = readVariation('GlobalBuffer.read=64..128 bit/cycle', eyeriss);
    expect(read).toMatchObject({ unit: 'words/cycle', values: [4, 8] });
    expect(read.apply(eyeriss, 4).levels[1]!.bandwidth.write).toEqual(eyeriss.levels[1]!.bandwidth.write);
    const perSecond = readVariation('GlobalBuffer.bandwidth=1..2 GB/s', eyeriss);
    const { read: r, write: w } = perSecond.apply(eyeriss, 2e9).levels[1]!.bandwidth;
    expect(wordsPerCycle(r!, 16, eyeriss.clockHz) + wordsPerCycle(w!, 16, eyeriss.clockHz)).toBeCloseTo(5, 9);
    expect(readVariation('L1.bandwidth=2 words/cycle', eyeriss).apply(eyeriss, 2).levels[2]!.bandwidth).toEqual({
      shared: { unit: 'words/cycle', value: 2 },
    });
  });

  it('sets array dimensions and the batch', () => {
    const wide = readVariation('X=8..32 +8', eyeriss);
    expect(wide.values).toEqual([8, 16, 24, 32]);
    expect(wide.apply(eyeriss, 32).levels[1]!.fanOut.dimensions.map(({ size }) => size)).toEqual([12, 32]);
    expect(readVariation('GlobalBuffer.Y=4', eyeriss).name).toBe('GlobalBuffer.Y');
    const batch = readVariation('batch=1..8', eyeriss);
    expect(batch).toMatchObject({ name: 'batch', values: [1, 2, 4, 8] });
    expect(batch.apply(eyeriss, 4)).toBe(eyeriss);
  });

  it('takes blanks around name and values, and neither missing nor endless ones', () => {
    expect(readVariation('  batch =  1, 2 ', eyeriss).values).toEqual([1, 2]);
    for (const text of ['', '=', 'L2', 'L2= ', ' =8KiB'])
      expect(() => readVariation(text, eyeriss), text).toThrow(/is not NAME=VALUES/);
    const blanks = ' '.repeat(1000);
    expect(() => readVariation(`${blanks}a${blanks}`, eyeriss)).toThrow(/at most 2000 characters/);
    expect(() => readVariation(`${blanks}a${blanks.slice(2)}`, eyeriss)).toThrow(/is not NAME=VALUES/);
    expect(() => readVariation(`L2=1..2${blanks}x${blanks.slice(20)}x`, eyeriss)).toThrow(TrifoldError);
  });

  it('refuses what it does not know, with a hint', () => {
    const refusals: [string, string][] = [
      ['L3=1KiB', 'L2'],
      ['GlobalBufer=1KiB', "did you mean 'GlobalBuffer'"],
      ['GlobalBuffer.bandwith=4', "did you mean 'GlobalBuffer.bandwidth'"],
      ['Z=4', 'array sizes'],
      ['RegisterFile.X=4', 'array sizes'],
      ['L2=64..128', 'KiB'],
      ['L2=64 words', 'KiB'],
      ['DRAM=1GiB', 'DRAM.bandwidth'],
      ['DRAM.bandwidth=1 GB', 'GB/s'],
      ['DRAM.bandwidth=1..16', "is it '16 words/cycle', '16 B/cycle', '16 bit/cycle', '16 B/s' or '16 GB/s'?"],
      ['L2=64..1024', "is it '1024 B', '1024 KiB' or '1024 bit'?"],
      ['L2=64..256 kb', "write '256 KiB' or '256 KB', or '256 kbit'"],
      ['DRAM.bandwidth=0 GB/s', 'GB/s'],
      ['DRAM.bandwidth=1 GB/s, 2 words/cycle', 'use one of them'],
      ['X=0', 'X=8..32'],
      ['X=1.5', 'X=8..32'],
      ['X=32..8', '8..32'],
      ['batch=none', 'batch=8'],
      ['L2', 'L2=64KiB..1MiB'],
      ['=4', 'L2=64KiB..1MiB'],
    ];
    for (const [text, hint] of refusals) {
      const refuse = () => readVariation(text, eyeriss);
      expect(refuse, text).toThrow(TrifoldError);
      try {
        refuse();
      } catch (error) {
        expect((error as TrifoldError).details.hint, text).toContain(hint);
      }
    }
  });

  it('takes rates of a vector unit, and says where none is stated', () => {
    const vectorUnit = { level: 'GlobalBuffer', simplePerCycle: 8, specialPerCycle: 2, simplePj: 0, specialPj: 0 };
    const unit = { ...eyeriss, vectorUnit };
    const { name, apply } = readVariation('vectorunit.SIMPLEpercycle=16,32', unit);
    expect(name).toBe('vectorUnit.simplePerCycle');
    expect(apply(unit, 32).vectorUnit).toEqual({ ...vectorUnit, simplePerCycle: 32 });
    expect(() => readVariation('vectorUnit.lanes=8', unit)).toThrowError(/has no parameter/);
    for (const text of ['vectorUnit.simplePerCycle=8', 'vectorUnit.lanes=8'])
      expect(() => readVariation(text, eyeriss)).toThrowError(/eyeriss states no vectorUnit/);
  });
});
