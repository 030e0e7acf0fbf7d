import { describe, expect, it } from 'vitest';
import { formatBits, formatChange, formatNumber, rejectionsText } from '../../../src/cli/text/format.ts';
import { formatTable, right } from '../../../src/cli/text/layout/table.ts';
import { bytesText, energyText, percentText, siText } from '../../../src/util/quantity-text.ts';

describe('figures in printed text', () => {
  it('have thousands separators where they are large, else four digits', () => {
    expect([1234567, 123456.7, 12.34567, 0.001234567].map((value) => formatNumber(value))).toEqual([
      '1,234,567',
      '123,457',
      '12.35',
      '0.001235',
    ]);
    expect(formatNumber(Number.NaN)).toBe('NaN');
  });

  it('keep every digit of a whole number', () => {
    expect([1_148_684_789_012_489, 2 ** 53, 1e18, -(1e15 + 1)].map((value) => formatNumber(value))).toEqual([
      '1,148,684,789,012,489',
      '9,007,199,254,740,992',
      '1,000,000,000,000,000,000',
      '-1,000,000,000,000,001',
    ]);
  });

  it('have units', () => {
    expect([4096, 8 * 2 ** 20, 80].map(formatBits)).toEqual(['512 B', '1 MiB', '10 B']);
    expect([energyText(1.2345e9), energyText(0), siText(2e6, 'MACs')]).toEqual(['1.234 mJ', '0 J', '2 MMACs']);
    expect([percentText(0.71349), percentText(0.5, 0)]).toEqual(['71.3 %', '50 %']);
    expect(bytesText(1536, String)).toBe('1.5 KiB');
  });

  it('say how much a ratio changes', () => {
    expect([0.85, 1, 1.0004, 2.5, 12].map(formatChange)).toEqual(['-15.0 %', '=', '=', '+150 %', '12x']);
  });

  it('say why samples were rejected', () => {
    expect(rejectionsText({ area: 3, 'on-chip memory': 12 })).toBe('3 area, 12 on-chip memory');
    expect(rejectionsText({})).toBe('none');
  });
});

describe('a table', () => {
  it('sets words left and numbers right, and leaves cells that are missing empty', () => {
    const text = formatTable(
      ['layer', right('cycles'), ''],
      [
        ['conv1', '12'],
        ['fc', '1,234,567', 'last'],
      ],
    );
    expect(text.split('\n')).toEqual([
      'layer     cycles',
      '-----  ---------  ----',
      'conv1         12',
      'fc     1,234,567  last',
    ]);
  });
});
