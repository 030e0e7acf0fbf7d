/** A text as a name that workload files can hold: one line without blanks at its ends, not too long. */
export function nameOfLine(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line === ''
    ? 'unnamed'
    : line
        .slice(0, 150)
        .replace(/[\ud800-\udbff]$/, '')
        .trim();
}
