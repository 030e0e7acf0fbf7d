import { describe, expect, it } from 'vitest';
import { networkTotals, repeatedSum } from '../../src/util/network-totals.ts';

const layers = [
  { repeat: 3, macs: 5 },
  { repeat: 1, macs: 7 },
];

describe('sums over a network', () => {
  it('count every layer as often as it is run', () => {
    expect(repeatedSum(layers, ({ macs }) => macs)).toBe(3 * 5 + 7);
    expect(repeatedSum(layers, (_, i) => i)).toBe(1);
    const figures = [
      { energyPj: 2, cycles: 10 },
      { energyPj: 4, cycles: 100 },
    ];
    expect(networkTotals(layers, figures)).toEqual({ energyPj: 10, cycles: 130 });
  });

  it('are 0 over no layers', () => {
    expect(networkTotals([], [])).toEqual({ energyPj: 0, cycles: 0 });
  });
});
