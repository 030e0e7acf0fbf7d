import { inLines, textColumns } from '../../../util/text-columns.ts';

/** The start of a line that its further lines stay right of: blanks, a dash, a label with two blanks behind it. */
const START = /^( *(?:- )?)(?:(\S+(?: \S+)? {2,})(?=\S))?/;

/**
 * Lines that are wider than `width` columns as several, broken between words, the further ones indented as far as the text of the first. Words that
 * are longer than a line (paths, mostly) stay whole, so that they can be copied.
 */
export function foldedLines(text: string, width: number): string {
  if (width === Number.POSITIVE_INFINITY) return text;
  return text
    .split('\n')
    .map((line) => (textColumns(line) <= width ? line : foldedLine(line, width)))
    .join('\n');
}

function foldedLine(line: string, width: number): string {
  const [, lead = '', label = ''] = START.exec(line)!;
  const hasLabel = label !== '' && textColumns(lead + label) <= width / 2;
  const start = hasLabel ? lead + label : lead;
  const blanks = ' '.repeat(textColumns(start) + (hasLabel || lead.endsWith('- ') ? 0 : 2));
  return inLines(line.slice(start.length).split(' '), Math.max(1, width - blanks.length))
    .map((words, i) => (i === 0 ? start : blanks) + words)
    .join('\n');
}
