import { characters } from '../../util/text-columns.ts';

/** Characters of the drawings with what stands for them in ASCII, one column each. */
const SUBSTITUTES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['─╌┄', '-'],
    ['━═╸', '='],
    ['│┃', '|'],
    ['┌┐└┘├┤┬┴┼', '+'],
    ['■', 'o'],
    ['█', '#'],
    ['▓', '%'],
    ['▒', '+'],
    ['░', ':'],
    ['▚', '\\'],
    ['▞', '/'],
    ['▤', '='],
    ['●', '*'],
    ['◆', 'X'],
    ['▲↑', '^'],
    ['▼↓', 'v'],
    ['►▸→▶', '>'],
    ['◄←', '<'],
    ['∥', '|'],
    ['×', 'x'],
    ['·', '.'],
    ['⋮', ':'],
    ['⋯…', '.'],
    ['⋱', '\\'],
    ['≥', '>'],
    ['≤', '<'],
    ['±', '~'],
    ['²', '2'],
    ['µμ', 'u'],
    ['τ', 't'],
    ['ρ', 'r'],
    ['’‘', "'"],
    ['“”', '"'],
    ['–—', '-'],
  ].flatMap(([characters, substitute]) => Array.from(characters!, (character) => [character, substitute!])),
);

/** The same text in ASCII, as many columns wide; what has no likeness becomes `?`. */
export function asciiText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return characters(text)
    .map(({ text: character, columns }) => {
      const code = character.charCodeAt(0);
      if (character.length > 1 || columns !== 1) return '?'.repeat(columns);
      if (code >= 0x20 && code <= 0x7e) return character;
      return code >= 0x2800 && code <= 0x28ff ? brailleLikeness(code - 0x2800) : (SUBSTITUTES[character] ?? '?');
    })
    .join('');
}

/** Dots of a braille pattern by row, both columns (Unicode Standard, block U+2800). */
const ROWS = [0x01 | 0x08, 0x02 | 0x10, 0x04 | 0x20, 0x40 | 0x80] as const;

/** The character whose ink lies where the dots are: high, in the middle, low, or over the height. */
function brailleLikeness(pattern: number): string {
  const inked = ROWS.flatMap((bits, row) => ((pattern & bits) === 0 ? [] : [row]));
  if (inked.length === 0) return ' ';
  if (inked.length >= 3) return '|';
  const [first, last] = [inked[0]!, inked.at(-1)!];
  if (last === 0) return "'";
  if (first === 3) return '_';
  return first >= 2 ? '.' : last - first > 1 ? ':' : '-';
}

/**
 * Whether a terminal shows Unicode: what the locale says (the first of LC_ALL, LC_CTYPE, LANG that is set; yes where none is, as in
 * most containers), but for the console of Linux, whose fonts lack the dots of charts.
 */
export function showsUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  if (environment.TERM === 'linux') return false;
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find((value) => (value ?? '') !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}
