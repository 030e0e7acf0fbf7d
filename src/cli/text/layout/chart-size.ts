import { outputColumns } from '../../streams.ts';

const MOST_COLUMNS = 76;

/** Characters of the charts that are drawn between tables: as wide as the terminal is, at most 76. */
export function chartSize(columns = outputColumns()): { readonly width: number; readonly height: number } {
  return { width: Math.min(MOST_COLUMNS, columns), height: 16 };
}
