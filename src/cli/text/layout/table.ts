import { shownText } from '../../../util/shown-text.ts';
import { textColumns } from '../../../util/text-columns.ts';
import { outputColumns } from '../../streams.ts';
import { indent } from '../format.ts';
import { cellLines, layOut, type SizedColumn } from './table-layout.ts';

/** A column of a text table: the title of a column of words, or with what else is known of it. */
export type Column =
  | string
  | {
      readonly title: string;
      readonly align?: 'left' | 'right';
      readonly holdsNames?: boolean;
      readonly staysBeside?: boolean;
    };

/** A column of numbers. */
export function right(title: string): Column {
  return { title, align: 'right' };
}

/** A column of names from files: long ones lose their middle, as far as they can still be told apart. */
export function names(title: string): Column {
  return { title, holdsNames: true };
}

/** A column that is read together with the one before it: a table that is broken for a narrow terminal is not broken between them. */
export function beside(column: Column): Column {
  return { ...(typeof column === 'string' ? { title: column } : column), staysBeside: true };
}

/**
 * A plain-text table: a head, a rule, rows; cells that are missing stay empty. Every row is one line, whatever its cells hold, unless the terminal
 * is too narrow: then names are shortened, long texts stand in several lines, or the columns in several tables, one below the other.
 * @param width columns of the terminal, 8 or more; default: those of what stdout writes to
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = outputColumns(),
): string {
  const laid = columns.map((column, i) => {
    const { title, align = 'left', ...rest } = typeof column === 'string' ? { title: column } : column;
    const { holdsNames = false, staysBeside = false } = rest as Exclude<Column, string>;
    const cells = rows.map((row) => shownText(row[i] ?? ''));
    return { title: shownText(title), align, holdsNames, staysBeside, cells };
  });
  return layOut(laid, width).map(partText).join('\n\n');
}

/** {@link formatTable}, two columns further to the right. */
export function indentedTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = outputColumns(),
): string {
  return indent(formatTable(columns, rows, width - 2));
}

function partText(columns: readonly SizedColumn[]): string {
  const rule = columns.map(({ width }) => '-'.repeat(width)).join('  ');
  const rows = columns[0]!.cells.map((_, row) => rowLines(columns, (column) => column.cells[row]!));
  return [...rowLines(columns, ({ title }) => title), rule, ...rows.flat()].join('\n');
}

function rowLines(columns: readonly SizedColumn[], cellOf: (column: SizedColumn) => string): string[] {
  const cells = columns.map((column) => cellLines(cellOf(column), column));
  return Array.from({ length: Math.max(...cells.map((lines) => lines.length)) }, (_, line) =>
    columns
      .map(({ width, align }, i) => {
        const text = cells[i]![line] ?? '';
        const blanks = ' '.repeat(width - textColumns(text));
        return align === 'right' ? blanks + text : text + blanks;
      })
      .join('  ')
      .trimEnd(),
  );
}
