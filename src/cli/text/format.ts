import { siText } from '../../util/si-prefix.ts';

/** A number with `digits` significant digits and thousands separators where it is large and whole. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
  if (Math.abs(value) >= 1e5 && Math.abs(value) < 1e15) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(digits)).toString();
}

/** A quantity with an SI prefix, e.g. `formatSi(0.0123, 's')` = `12.3 ms`. */
export function formatSi(value: number, unit: string, digits = 4): string {
  if (value === 0 || !Number.isFinite(value)) return `${value} ${unit}`;
  return siText(value, unit, digits);
}

/** A share as a percentage. */
export function formatPercent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** Bits as bytes with a binary prefix. */
export function formatBits(bits: number): string {
  const bytes = bits / 8;
  if (bytes >= 2 ** 20) return `${formatNumber(bytes / 2 ** 20)} MiB`;
  if (bytes >= 2 ** 10) return `${formatNumber(bytes / 2 ** 10)} KiB`;
  return `${formatNumber(bytes)} B`;
}
