/** A value with its unit as people write it, e.g. `64 KiB`, `9 words/cycle`, `1.5 GB/s`, `12`. @param unit bit, words/cycle, B/s; empty for counts */
export function valueText({ unit }: { readonly unit: 'bit' | 'words/cycle' | 'B/s' | '' }, value: number): string {
  const scaled = (size: number, name: string) => `${Number((value / size).toPrecision(6))} ${name}`;
  if (unit === 'bit') {
    // The largest unit of which it is a whole number of eighths: 8.125 KiB, but 8,500 B.
    const isEven = (size: number) => value >= size && value % (size / 8) === 0;
    if (isEven(2 ** 23)) return scaled(2 ** 23, 'MiB');
    return isEven(2 ** 13) ? scaled(2 ** 13, 'KiB') : `${value / 8} B`;
  }
  if (unit === 'B/s') return value >= 1e9 ? scaled(1e9, 'GB/s') : scaled(1e6, 'MB/s');
  return unit === '' ? String(value) : scaled(1, unit);
}
