import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatEnergy,
  formatFactor,
  formatFigure,
  formatPercent,
  formatSi,
  formatTick,
} from '../../../src/tui/text/terminal-figures.ts';

describe('figures of the live view', () => {
  it('have three digits and a prefix, or a power of ten', () => {
    expect([3.214e15, 12_345, 0.012345, 0, 1e-4].map((value) => formatFigure(value))).toEqual([
      '3.21e15',
      '12300',
      '0.0123',
      '0',
      '1.00e-4',
    ]);
    expect([2e6, 1.5e15].map(formatTick)).toEqual(['2e6', '1.5e15']);
    expect([formatSi(0.012345, 's'), formatSi(1234567), formatSi(0)]).toEqual(['12.3 ms', '1.23 M', '0']);
  });

  it('have units: energy from pJ, bytes by powers of two, times', () => {
    expect([999, 1e3, 1.234e9].map(formatEnergy)).toEqual(['999 pJ', '1 nJ', '1.23 mJ']);
    expect([512, 1024, 94_720, 1020 * 1024, 3 * 2 ** 20, 2 ** 31].map(formatBytes)).toEqual([
      '512 B',
      '1 KiB',
      '92.5 KiB',
      '1020 KiB',
      '3 MiB',
      '2 GiB',
    ]);
    expect([43, 3723, -1, 59.7].map(formatDuration)).toEqual(['0:43', '1:02:03', '0:00', '1:00']);
    expect([0.714, 1].map(formatPercent)).toEqual(['71 %', '100 %']);
    expect([3.4159, 123.4, 0.5].map(formatFactor)).toEqual(['3.42×', '123×', '0.5×']);
  });
});
