/** Names as exporters make them, which are fine as they are. */
const PLAIN = /^[\w./:-]{1,150}$/;

/** A text as one line without characters that are not seen. */
export function lineOf(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').trim();
}

/** A text as a name that workload files can hold: one line without blanks at its ends, not too long. */
export function nameOfLine(text: string): string {
  if (PLAIN.test(text)) return text;
  const line = lineOf(text);
  return line === ''
    ? 'unnamed'
    : line
        .slice(0, 150)
        .replace(/[\ud800-\udbff]$/, '')
        .trim();
}
