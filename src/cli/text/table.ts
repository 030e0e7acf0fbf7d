import { shownText } from '../../util/shown-text.ts';
import { shortenedText, textColumns } from '../../util/text-columns.ts';

/** A column of a text table: the title of a column of words, or with what else is known of it. */
export type Column =
  | string
  | { readonly title: string; readonly align?: 'left' | 'right'; readonly holdsNames?: boolean };

/** A column of numbers. */
export function right(title: string): Column {
  return { title, align: 'right' };
}

/** A column of names from files: long ones lose their middle, as far as they can still be told apart. */
export function names(title: string): Column {
  return { title, holdsNames: true };
}

/** Columns of a terminal that names take at most where that tells them apart. */
const NAME_COLUMNS = 32;

/** A plain-text table: a head, a rule, rows; cells that are missing stay empty. Every row is one line, whatever its cells hold. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lists = columns.map((column, i) => {
    const { title, align, holdsNames = false } = typeof column === 'string' ? { title: column, align: 'left' } : column;
    const given = rows.map((row) => shownText(row[i] ?? ''));
    const cells = [shownText(title), ...(holdsNames ? shortNames(given) : given)];
    const width = Math.max(...cells.map(textColumns));
    const blanks = (cell: string) => ' '.repeat(width - textColumns(cell));
    const padded = cells.map((cell) => (align === 'right' ? blanks(cell) + cell : cell + blanks(cell)));
    return [padded[0]!, '-'.repeat(width), ...padded.slice(1)];
  });
  return Array.from({ length: rows.length + 2 }, (_, row) =>
    lists
      .map((list) => list[row])
      .join('  ')
      .trimEnd(),
  ).join('\n');
}

function shortNames(given: readonly string[]): readonly string[] {
  const distinct = [...new Set(given)];
  for (let most = NAME_COLUMNS; distinct.some((name) => textColumns(name) > most); most += 8)
    if (new Set(distinct.map((name) => shortenedText(name, most))).size === distinct.length)
      return given.map((name) => shortenedText(name, most));
  return given;
}
