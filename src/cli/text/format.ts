import { bytesText } from '../../util/quantity-text.ts';

/** A whole number with all its digits and thousands separators; another one with `digits` significant digits, rounded to a whole one if large. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) || Math.abs(value) >= 1e5) return BigInt(Math.round(value)).toLocaleString('en-US');
  return Number(value.toPrecision(digits)).toString();
}

/** A number of things: `1 layer`, `2 layers`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** Bits as bytes with a binary prefix. */
export function formatBits(bits: number): string {
  return bytesText(bits / 8, formatNumber);
}

/** Numbers of rejected samples by reason: `3 area, 12 on-chip memory`. */
export function rejectionsText(rejections: Readonly<Record<string, number>>): string {
  const counts = Object.entries(rejections).map(([reason, count]) => `${count} ${reason}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}

/** Text with every line two columns further to the right. */
export function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}

/** A ratio as a signed percentage; as a multiple from 10x on; `=` below 0.05 %. */
export function formatChange(ratio: number): string {
  if (ratio >= 10) return `${formatNumber(ratio, 3)}x`;
  const percent = 100 * (ratio - 1);
  if (Math.abs(percent) < 0.05) return '=';
  return `${percent > 0 ? '+' : ''}${percent.toFixed(Math.abs(percent) < 100 ? 1 : 0)} %`;
}
