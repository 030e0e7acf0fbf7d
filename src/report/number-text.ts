import { bytesText as withBinaryPrefix } from '../util/quantity-text.ts';

/**
 * A number for people: whole ones with separators of thousands, others with `digits` significant digits, as powers of ten where zeros would have to
 * stand in for digits that are left out; very large and very small ones as powers of ten.
 */
export function numberText(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return value > 0 ? '\u221e' : value < 0 ? '-\u221e' : 'n/a';
  const size = Math.abs(value);
  if (size !== 0 && (size >= (Number.isInteger(value) ? 1e12 : 1e6) || size < 1e-3)) return powerText(value, digits);
  const text = Number.isInteger(value)
    ? String(value)
    : String(size >= 10 ** digits ? Math.round(value) : Number(value.toPrecision(digits)));
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Bytes with a binary prefix. */
export function bytesText(bytes: number): string {
  return withBinaryPrefix(bytes, numberText);
}

/** A share as a percentage with one decimal. */
export function percentText(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)}%` : 'n/a';
}

/** A factor: `3.21x`. */
export function factorText(factor: number): string {
  if (!Number.isFinite(factor)) return 'n/a';
  return factor >= 100 ? `${numberText(Math.round(factor))}\u00d7` : `${factor.toFixed(2)}\u00d7`;
}

/** Seconds as `1 h 02 min`, `3 min 20 s` or `12.3 s`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'n/a';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

function powerText(value: number, digits: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  const superscript = exponent
    .replace('+', '')
    .replace(/[-\d]/g, (sign) =>
      sign === '-' ? '\u207b' : '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[Number(sign)]!,
    );
  return `${mantissa.replace(/\.?0+$/, '')}\u00b710${superscript}`;
}
