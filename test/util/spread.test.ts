import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadOver } from '../../src/util/spread.ts';

describe('spreadOver', () => {
  it('keeps the order, the first and the last, and as many as there is room for', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(20), (length, count) => {
        const items = Array.from({ length }, (_, i) => i);
        const shown = spreadOver(items, count);
        expect(shown).toHaveLength(Math.min(length, count));
        expect([...new Set(shown)].sort((a, b) => a - b)).toEqual(shown);
        if (shown.length > 0) expect(shown[0]).toBe(0);
        if (shown.length > 1) expect(shown.at(-1)).toBe(length - 1);
        const gaps = shown.slice(1).map((item, i) => item - shown[i]!);
        if (gaps.length > 0) expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
