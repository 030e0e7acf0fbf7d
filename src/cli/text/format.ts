import { bytesText } from '../../util/quantity-text.ts';

/** A number with `digits` significant digits and thousands separators where it is large and whole. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
  if (Math.abs(value) >= 1e5 && Math.abs(value) < 1e15) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(digits)).toString();
}

/** Bits as bytes with a binary prefix. */
export function formatBits(bits: number): string {
  return bytesText(bits / 8, formatNumber);
}
