import { z } from 'zod';
import { errorAt } from './document/document.ts';
import { parseJson } from './document/json-document.ts';
import { longList, tableRows } from './document/long-list.ts';

/** A column of a benchmark file: one figure per network, by the values of its genes, joined by commas. */
export type RecordedFigures = ReadonlyMap<string, number>;

const schema = z.object({
  ops: longList(z.string()),
  columns: longList(z.string()),
  rows: tableRows(),
});

/**
 * Reads a numeric column of a NAS-Bench-201 file (`ops`, `columns`, `rows`), such as a recorded latency.
 * @returns null when the file has another form or no such column; rows without a number are left out
 * @throws TrifoldError `syntax` for text that is not JSON, `value` for a row whose code is no network
 */
export function parseRecordedFigures(text: string, file: string, column: string): RecordedFigures | null {
  const document = parseJson(text, file);
  const result = schema.safeParse(document.data);
  if (!result.success) return null;
  const { ops, columns, rows } = result.data;
  const place = columns.indexOf(column);
  const codePlace = columns.indexOf('code');
  if (place < 0 || codePlace < 0) return null;
  const figures = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    const names = [...String(row[codePlace])].map((digit) => ops[Number(digit)]);
    if (names.includes(undefined))
      throw errorAt(document, ['rows', i, codePlace], 'value', `'${row[codePlace]}' is not a list of operations`);
    const figure = row[place];
    if (typeof figure === 'number') figures.set(names.join(','), figure);
  }
  return figures;
}
