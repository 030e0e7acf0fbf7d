/** A column of a text table: the title of a column of words, or with the side that cells are set to. */
export type Column = string | { readonly title: string; readonly align?: 'left' | 'right' };

/** A column of numbers. */
export function right(title: string): Column {
  return { title, align: 'right' };
}

/** A plain-text table: a head, a rule, rows; cells that are missing stay empty. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map((column) => (typeof column === 'string' ? column : column.title));
  const isRight = columns.map((column) => typeof column !== 'string' && column.align === 'right');
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    widths
      .map((width, i) => (isRight[i] ? (cells[i] ?? '').padStart(width) : (cells[i] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd();
  return [line(titles), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
