import { type Document, errorAt } from './document.ts';

/** Columns that a message lists. */
const MOST_COLUMNS = 30;

/** A row of a table in a document: entry `index` of its key `rows`. */
export interface TableRow {
  readonly index: number;
  readonly cells: readonly unknown[];
  readonly columns: readonly string[];
}

/** Refuses a row that does not have a field per column. @throws TrifoldError `value` with the place of the row */
export function checkRowLength(document: Document, { index, cells, columns }: TableRow): void {
  if (cells.length === columns.length) return;
  const more = columns.length > MOST_COLUMNS ? `; and ${columns.length - MOST_COLUMNS} more` : '';
  const hint = `the columns are ${columns.slice(0, MOST_COLUMNS).join('; ')}${more}`;
  throw errorAt(document, ['rows', index], 'value', `this row has ${cells.length} of ${columns.length} fields`, hint);
}
