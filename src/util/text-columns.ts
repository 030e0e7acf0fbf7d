const WIDE =
  /^[\u1100-\u115f\u231a\u231b\u2329\u232a\u23e9-\u23fa\u25fd\u25fe\u2630-\u2637\u268a-\u268f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu;
/** Text of one column per code unit: ASCII, accented letters, and what drawings are made of. */
const PLAIN =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc\u2800-\u28ff]*$/;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Characters of a text as a reader sees them, each with the columns that terminals give it. */
export function characters(text: string): { readonly text: string; readonly columns: number }[] {
  if (PLAIN.test(text)) return Array.from(text, (character) => ({ text: character, columns: 1 }));
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

/** Words in lines of at most `columns` columns, which are at least two; a word that is longer is broken. At least one line. */
export function wrappedText(text: string, columns: number): string[] {
  return inLines(
    text.split(' ').flatMap((word) => brokenWord(word, columns)),
    columns,
  );
}

/** Words, one or more, in lines of at most `columns` columns; a word that is longer stands alone. */
export function inLines(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && textColumns(last) + 1 + textColumns(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function brokenWord(word: string, columns: number): string[] {
  if (textColumns(word) <= columns) return [word];
  const parts = characters(word);
  const pieces: string[] = [];
  for (let start = 0; start < parts.length; ) {
    const end = start + Math.max(1, fitting(parts.slice(start), columns));
    pieces.push(
      parts
        .slice(start, end)
        .map((part) => part.text)
        .join(''),
    );
    start = end;
  }
  return pieces;
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
