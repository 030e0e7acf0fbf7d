/** A cell of a table; null is an empty cell. Numbers keep all their digits. */
export type Cell = string | number | boolean | null;

/**
 * A table as CSV by RFC 4180: comma, CRLF after every line, quotes around cells with a comma, a quote, a line break or space at an end.
 * @throws RangeError if a row is not as long as the header
 */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows]
    .map((row) => {
      if (row.length !== header.length) throw new RangeError(`${row.length} cells under ${header.length} columns`);
      return `${row.map(quote).join(',')}\r\n`;
    })
    .join('');
}

function quote(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
