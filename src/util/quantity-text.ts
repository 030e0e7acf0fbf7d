const PREFIXES: readonly (readonly [size: number, prefix: string])[] = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, '\u00b5'],
  [1e-9, 'n'],
  [1e-12, 'p'],
  [1e-15, 'f'],
];

const BYTE_UNITS: readonly (readonly [size: number, unit: string])[] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

/** The SI prefix in which a value reads best, and the number to divide it by; the smallest one for 0. */
export function siPrefix(value: number): { readonly scale: number; readonly prefix: string } {
  const [scale, prefix] = PREFIXES.find(([size]) => Math.abs(value) >= size) ?? PREFIXES.at(-1)!;
  return { scale, prefix };
}

/** A quantity with `digits` significant digits and an SI prefix: `siText(0.0123, 's')` = `12.3 ms`. */
export function siText(value: number, unit: string, digits = 4): string {
  if (value === 0 || !Number.isFinite(value)) return `${value} ${unit}`.trim();
  const { scale, prefix } = siPrefix(Number(value.toPrecision(digits)));
  return `${Number((value / scale).toPrecision(digits))} ${prefix}${unit}`.trim();
}

/** An energy in pJ as text in joules: `12.3 mJ`. */
export function energyText(energyPj: number, digits = 4): string {
  return siText(energyPj * 1e-12, 'J', digits);
}

/** Bytes with a binary prefix: `92.5 KiB`. @param numberText writes the number before the unit */
export function bytesText(bytes: number, numberText: (value: number) => string): string {
  const [size, unit] = BYTE_UNITS.find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${numberText(bytes / size)} ${unit}`;
}

/** A count with separators of thousands: `56,108,047`. */
export function groupedText(count: number): string {
  return count.toLocaleString('en-US');
}

/** Bits from which on they are told as bytes as well. */
const LEAST_TOLD_AS_BYTES = 8 * 1024;

/** Bits with separators of thousands, many of them as bytes as well: `1,966,080 bits (240 KiB)`. @param unit after the number; empty: none */
export function bitsText(bits: number, unit = ' bits'): string {
  const bytes =
    bits < LEAST_TOLD_AS_BYTES ? '' : ` (${bytesText(bits / 8, (value) => `${Number(value.toPrecision(4))}`)})`;
  return `${groupedText(bits)}${unit}${bytes}`;
}

/** Whether a factor is a gain that two digits after the point show; tables leave the others blank. */
export function isShownGain(factor: number): boolean {
  return factor > 1.005;
}

/** A share as a percentage: `71.3 %`. @param digits after the point */
export function percentText(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}
