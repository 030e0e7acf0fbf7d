import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesText, durationText, factorText, numberText, percentText } from '../../src/report/number-text.ts';
import { siPrefix, siText } from '../../src/util/quantity-text.ts';

const positive = fc.double({ min: 1e-14, max: 1e19, noNaN: true });
const SUPERSCRIPTS = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';

/** The number that a text shows. */
function shown(text: string): number {
  const power = /^(.*)\u00b710(.*)$/.exec(text.replaceAll(',', ''));
  if (power === null) return Number(text.replaceAll(',', ''));
  const exponent = [...power[2]!].map((sign) => (sign === '\u207b' ? '-' : SUPERSCRIPTS.indexOf(sign))).join('');
  return Number(`${power[1]}e${exponent}`);
}

describe('figures', () => {
  it('show numbers to four digits', () => {
    fc.assert(fc.property(positive, (value) => Math.abs(shown(numberText(value)) / value - 1) <= 5.1e-4));
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (value) => shown(numberText(value)) === value),
    );
  });

  it('put no zeros in the place of digits that they leave out', () => {
    expect(numberText(213_737_712_345.6)).toBe('2.137\u00b710\u00b9\u00b9');
    expect(numberText(12_345.67)).toBe('12,346');
    expect(numberText(1_234_567)).toBe('1,234,567');
  });

  it('show quantities with the prefix that keeps one to three digits before the point', () => {
    const factors: Record<string, number> = {
      f: 1e-15,
      p: 1e-12,
      n: 1e-9,
      '\u00b5': 1e-6,
      m: 1e-3,
      '': 1,
      k: 1e3,
      M: 1e6,
      G: 1e9,
      T: 1e12,
      P: 1e15,
      E: 1e18,
    };
    fc.assert(
      fc.property(positive, (value) => {
        const [, digits, prefix] = /^([\d.]+) (.?)J$/.exec(siText(value, 'J'))!;
        expect(Math.abs((Number(digits) * factors[prefix!]!) / value - 1)).toBeLessThanOrEqual(5.1e-4);
        expect(Number(digits)).toBeGreaterThanOrEqual(1);
        expect(Number(digits)).toBeLessThan(1000);
        expect(value / siPrefix(value).scale).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('read well', () => {
    expect(numberText(1234567)).toBe('1,234,567');
    expect(numberText(1.0213e18)).toBe('1.021\u00b710\u00b9\u2078');
    expect(numberText(Number.POSITIVE_INFINITY)).toBe('\u221e');
    expect(numberText(Number.NaN)).toBe('n/a');
    expect(siText(0.0123, 's')).toBe('12.3 ms');
    expect(siText(999_999, 'J')).toBe('1 MJ');
    expect(siText(0, 'J')).toBe('0 J');
    expect(bytesText(110_592)).toBe('108 KiB');
    expect(percentText(0.1234)).toBe('12.3%');
    expect([factorText(3.214), factorText(1234.5)]).toEqual(['3.21\u00d7', '1,235\u00d7']);
    expect([12.34, 59.99, 200, 3725].map(durationText)).toEqual(['12.3 s', '1 min 00 s', '3 min 20 s', '1 h 02 min']);
  });
});
