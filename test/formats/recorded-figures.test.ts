import { describe, expect, it } from 'vitest';
import { parseRecordedFigures } from '../../src/formats/recorded-figures.ts';

const FILE = {
  ops: ['none', 'skip_connect', 'nor_conv_1x1'],
  columns: ['index', 'code', 'eyeriss_ms'],
  rows: [
    [0, '012', 1.5],
    [1, '222', 2],
    [2, '000', null],
  ],
};

describe('recorded figures', () => {
  it('reads a column by the operations of the networks; rows without a number are left out', () => {
    const figures = parseRecordedFigures(JSON.stringify(FILE), 'f.json', 'eyeriss_ms');
    expect([...(figures ?? [])]).toEqual([
      ['none,skip_connect,nor_conv_1x1', 1.5],
      ['nor_conv_1x1,nor_conv_1x1,nor_conv_1x1', 2],
    ]);
  });

  it('answers null for another column and another file', () => {
    expect(parseRecordedFigures(JSON.stringify(FILE), 'f.json', 'fpga_ms')).toBeNull();
    expect(parseRecordedFigures('{"00000000": {"mean_acc": 1}}', 'f.json', 'eyeriss_ms')).toBeNull();
  });

  it('refuses a code that names no operation, and text that is not JSON', () => {
    const wrong = { ...FILE, rows: [[0, '019', 1]] };
    expect(() => parseRecordedFigures(JSON.stringify(wrong), 'f.json', 'eyeriss_ms')).toThrow(/'019' is not a list/);
    expect(() => parseRecordedFigures('{', 'f.json', 'eyeriss_ms')).toThrow(/not JSON/);
  });
});
