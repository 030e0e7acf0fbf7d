import { shownLines } from '../util/shown-text.ts';

/** A cell of a table; null is an empty cell. Numbers keep all their digits. */
export type Cell = string | number | boolean | null;

/**
 * A table as CSV by RFC 4180: comma, CRLF after every line, quotes around cells with a comma, a quote, a line break or space at an end.
 * Texts that a spreadsheet would run as a formula, and those with an apostrophe in that place, get an apostrophe before them; characters that
 * are obeyed or do not show become escapes, but for line feeds.
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
  const text = typeof cell === 'string' ? inert(cell) : String(cell);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What programs take for the start of a formula, in the widths of East Asian writing too, behind what they skip. */
const FORMULA = /^[\s"]*['=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A text that is text in every program; a number stays one. */
function inert(text: string): string {
  const shown = shownLines(text);
  return FORMULA.test(shown) && !NUMBER.test(shown) ? `'${shown}` : shown;
}
