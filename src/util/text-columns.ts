const WIDE =
  /^[\u1100-\u115f\u231a\u231b\u23e9-\u23fa\u25fd\u25fe\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu;
const PLAIN = /^[\x20-\x7e]*$/;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters of a text as a reader sees them, each with the columns that terminals give it. */
export function characters(text: string): { readonly text: string; readonly columns: number }[] {
  return Array.from(graphemes.segment(text), ({ segment }) => ({
    text: segment,
    columns: WIDE.test(segment) ? 2 : [...segment.replace(INVISIBLE, '')].length,
  }));
}

/** Columns that a text takes on a terminal. */
export function textColumns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return characters(text).reduce((sum, { columns }) => sum + columns, 0);
}

/** A text of at most `columns` columns: what is too long loses its middle. */
export function shortenedText(text: string, columns: number): string {
  if (textColumns(text) <= columns) return text;
  const parts = characters(text);
  const tailColumns = Math.floor((columns - 1) / 2);
  const headEnd = fitting(parts, columns - 1 - tailColumns);
  const tailLength = fitting([...parts].reverse(), tailColumns);
  const join = (some: typeof parts) => some.map((part) => part.text).join('');
  return `${join(parts.slice(0, headEnd))}…${join(parts.slice(parts.length - tailLength))}`;
}

/** How many of the first characters fit into `columns`. */
function fitting(parts: readonly { readonly columns: number }[], columns: number): number {
  let left = columns;
  const end = parts.findIndex((part) => {
    left -= part.columns;
    return left < 0;
  });
  return end < 0 ? parts.length : end;
}
