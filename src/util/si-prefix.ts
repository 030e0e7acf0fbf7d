const PREFIXES: readonly (readonly [number, string])[] = [
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

/** The SI prefix in which a value reads best, and what to divide by; the smallest one for 0. */
export function siPrefix(value: number): { readonly scale: number; readonly prefix: string } {
  const [scale, prefix] = PREFIXES.find(([size]) => Math.abs(value) >= size) ?? PREFIXES.at(-1)!;
  return { scale, prefix };
}

/** A finite quantity other than 0 with `digits` significant digits and an SI prefix: `siText(0.0123, 's', 3)` = `12.3 ms`. */
export function siText(value: number, unit: string, digits: number): string {
  const { scale, prefix } = siPrefix(Number(value.toPrecision(digits)));
  return `${Number((value / scale).toPrecision(digits))} ${prefix}${unit}`.trim();
}
