import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateRtl } from '../../../../src/app/validate/rtl/rtl.ts';
import { rtlJson } from '../../../../src/app/validate/rtl/rtl-json.ts';
import { rtlSource } from '../../../../src/app/validate/rtl/rtl-source.ts';
import { describeRtl } from '../../../../src/cli/text/validate/rtl-text.ts';
import { TrifoldError } from '../../../../src/util/errors.ts';

const SHARED = resolve(import.meta.dirname, '../../../../../shared/oracle/rtl/gemmini-firesim-dev.json');

const COLUMNS = [
  ...['id', 'mesh', 'bounds KCPQRS', 'stride', '[padding, inputSize]', 'DRAM loops', 'spatial K below Scratchpad'],
  ...['spatial C below Accumulator', 'Accumulator loops', 'RTL cycles', 'anomaly'],
];
const CONVOLUTION = [[64, 3, 112, 112, 7, 7], 2, [3, 224]] as const;
/** Rows of Gemmini RTL as DOSA's authors measured them (ucb-bar/dosa, BSD-2), the last two but one made up. */
const ROWS = {
  plain: ['t0', 4, ...CONVOLUTION, 'K8 Q28', 4, 3, 'K2 S7 R7 Q4 P112', 9853947, 0],
  anomalous: ['t3', 4, ...CONVOLUTION, 'P4 Q112 K8 S7', 4, 3, 'K2 R7 P28', 474142992, 1],
  spilling: ['t6', 4, ...CONVOLUTION, 'R7 K16 P2 Q28', 4, 3, 'S7 Q4 P56', 16627244, 0],
  strided: ['t281', 16, [512, 256, 28, 28, 1, 1], 2, [0, 56], 'K32 C2', 16, 16, 'C8 Q28 P28', 4413840, 0],
  ragged: ['t1508', 16, [256, 256, 15, 15, 2, 2], 1, [1, 14], 'C64 Q3 P3 K16', 16, 4, 'S2 R2 Q7 P7', 2447402, 0],
  clipped: ['long', 4, ...CONVOLUTION, 'K8 Q28', 4, 3, 'K2 S8 R7 Q4 P112', 9853947, 0],
  wide: ['wide', 4, [64, 64, 1, 1, 1, 1], 1, null, 'C16', 64, 4, '', 5000, 0],
  again: ['again', 4, ...CONVOLUTION, 'K8 Q28', 4, 3, 'K2 S7 R7 Q4 P112', 9853999, 0],
  tiny: ['tiny', 4, [64, 64, 1, 1, 1, 1], 1, null, 'K16 C16', 4, 4, '', 40000, 0],
} as const;

function validationOf(...rows: readonly (keyof typeof ROWS)[]) {
  const file = join(mkdtempSync(join(tmpdir(), 'trifold-')), 'rows.json');
  writeFileSync(file, JSON.stringify({ source: 'here', columns: COLUMNS, rows: rows.map((name) => ROWS[name]) }));
  return validateRtl(file);
}

function refusalOf(work: () => unknown): TrifoldError {
  try {
    work();
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('measured RTL', () => {
  it('accounts for every row: compared, anomalous or illegal, and says what was changed', () => {
    const validation = validationOf('plain', 'anomalous', 'spilling', 'ragged', 'clipped', 'wide', 'tiny');
    const { rows, figures, anomalous, illegal, clipped, reordered, ragged, accelerators } = validation;
    expect({ rows, anomalous, clipped, reordered, ragged }).toEqual({
      ...{ rows: 7, anomalous: 1, clipped: 1, reordered: 2, ragged: 1 },
    });
    expect(figures.map(({ id }) => id)).toEqual(['t0', 't6', 't1508', 'long', 'tiny']);
    expect(illegal).toEqual([{ id: 'wide', reason: expect.stringContaining('need 64 children') }]);
    expect(accelerators).toEqual(['gemmini-4', 'gemmini-16']);
    // A loop that is too long runs as often as it must: the same as the row without it.
    expect(figures[3]).toEqual({ ...figures[0], id: 'long' });
    const text = describeRtl(validation);
    expect(text).toContain('wide: spatial loops of level Accumulator need 64 children');
    expect(text).toContain('7 rows, 5 compared');
  });

  it('has the time of small tiles by hand: their launches, and without overheads their words', () => {
    const [tiny] = validationOf('tiny').figures;
    // 256 tiles of a matrix product at 125 cycles; 4,096 words of weights and 1,024 of inputs into the scratchpad and out again at 8 per cycle.
    expect(tiny).toMatchObject({
      measuredCycles: 40000,
      modelCycles: 32000,
      plainCycles: 1280,
      layer: '64x64x1x1x1x1',
    });
    expect(tiny!.boundBy).toBe('launch of Scratchpad');
  });

  // The words that are used are a quarter of them.
  it('moves the pixels between those that a stride uses, as the commands of the array do', () => {
    const [strided] = validationOf('strided').figures;
    expect(strided!.boundBy).toBe('DRAM');
    expect(strided!.modelCycles).toBeGreaterThan(0.7 * strided!.measuredCycles);
  });

  it('has no rank of a single row, in text, JSON and page', () => {
    const validation = validationOf('tiny');
    expect(rtlJson(validation)).toMatchObject({
      ...{
        rows: 1,
        compared: 1,
        spearman: null,
        mape: expect.closeTo(0.2, 12),
        withinLayerSpearman: null,
        pickedOverBest: null,
      },
      boundBy: [{ rows: 1, share: 1 }],
    });
    expect(describeRtl(validation)).not.toContain('NaN');
    expect(JSON.stringify(rtlSource(validation))).not.toContain('NaN');
  });

  // Killed by: duplicates in figures or in none of the counts, measurements that are counted with those left out.
  it('has the same figures with a row given twice, and says how many were, and how many measure a mapping again', () => {
    const once = validationOf('plain', 'again', 'tiny', 'anomalous');
    const { rows, duplicates, measuredAgain, ...others } = validationOf(
      ...(['plain', 'again', 'plain', 'tiny', 'anomalous', 'anomalous'] as const),
    );
    expect({ ...once, ...others }).toEqual(once);
    expect(once).toMatchObject({ rows: 4, duplicates: 0, measuredAgain: 1, anomalous: 1 });
    expect({ rows, duplicates, measuredAgain }).toEqual({ rows: 6, duplicates: 2, measuredAgain: 1 });
    const twice = { ...once, rows, duplicates };
    expect(rtlJson(twice)).toMatchObject({ rows: 6, compared: 3, duplicates: 2, measuredAgain: 1 });
    for (const shown of [describeRtl(twice), rtlSource(twice).notes.join()]) {
      expect(shown).toContain('6 rows, 3 compared: 1 are marked anomalous');
      expect(shown).toContain('2 repeat another row');
      expect(shown).toContain('1 rows measure the mapping of a row before them again');
    }
  });

  // Killed by: a table of dashes, reasons that are not told.
  it('refuses a file of which nothing can be compared, with reasons and place', () => {
    expect(() => validationOf('anomalous')).toThrow('no row can be compared: 1 are marked anomalous, 0 have a mapping');
    const error = refusalOf(() => validationOf('wide', 'anomalous'));
    expect(error.code).toBe('value');
    expect(error.message).toMatch(/1 are marked anomalous, 1 have a mapping.*\n {2}wide: .*need 64 children/);
    expect(error.details).toMatchObject({ keyPath: 'rows', place: { line: 1, column: expect.any(Number) } });
  });

  it.skipIf(!existsSync(SHARED))('agrees with the rows that are at hand as well as its terms promise', () => {
    const { rows, anomalous, illegal, duplicates, measuredAgain, figures, model, plain } = validateRtl(SHARED);
    expect({ rows, anomalous, illegal, duplicates }).toEqual({ rows: 656, anomalous: 2, illegal: [], duplicates: 0 });
    expect({ compared: figures.length, measuredAgain }).toEqual({ compared: 654, measuredAgain: 15 });
    expect(model.all.spearman).toBeGreaterThanOrEqual(0.98);
    expect(model.all.meanAbsoluteError).toBeLessThanOrEqual(0.2);
    expect(model.withinLayer.spearman).toBeGreaterThanOrEqual(0.81);
    expect(model.withinLayer.pickedOverBest?.geometricMean).toBeLessThanOrEqual(1.12);
    expect(plain.withinLayer.spearman).toBeLessThan(0.7);
  });
});
