/** Letters of the scripts in which joiners choose the form of a letter, as a part of a class of characters. */
const JOINED = [
  'Arabic',
  'Syriac',
  'Nko',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
]
  .concat(['Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Tibetan', 'Myanmar', 'Khmer'])
  .map((script) => `\\p{Script=${script}}`)
  .join('');

/** One of these letters; not a mark or format of their scripts that is hidden itself. */
const LETTER = `(?![\\p{Cf}\\p{Default_Ignorable_Code_Point}])[${JOINED}]`;

/** Invisible characters in the places where writing needs them: joiners within words and emoji, forms of emoji and ideographs. */
const NEEDED = [
  `(?<=${LETTER})[\\u200c\\u200d](?=${LETTER})`,
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  '(?<=\\p{Script=Han})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
  // Signs of Arabic and Kaithi that stand before numbers: formats by their class, and visible.
  '[\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}]',
].join('|');

/** Characters that a terminal or a browser obeys, does not show, or that reach beyond their own place, but for what writing needs. */
const HIDDEN = `(?!${NEEDED})[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}\\p{Default_Ignorable_Code_Point}]|(?<=\\p{M}{4})\\p{M}`;
const HIDDEN_IN_LINE = new RegExp(`${HIDDEN}|^\\p{M}`, 'gu');
const HIDDEN_IN_LINES = new RegExp(`(?!\\n)(?:${HIDDEN})`, 'gu');

/**
 * Text from outside (names, notes, paths, output of other programs) as it may stand within a line that others read: control characters,
 * line breaks, marks that turn the direction of text, invisible and piled-up characters are shown as escapes such as `\x1b`
 * and `\u202e`. Writing in any script stays as it is, and so do backslashes.
 */
export function shownText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : text.replace(HIDDEN_IN_LINE, escaped);
}

/** {@link shownText} of lines: their line feeds stay. */
export function shownLines(text: string): string {
  return /^[\x20-\x7e\n]*$/.test(text) ? text : text.replace(HIDDEN_IN_LINES, escaped);
}

/** A value as JSON in which strings are spelled so that showing them does no harm; it reads back equal. */
export function shownJson(value: unknown): string {
  return shownJsonText(JSON.stringify(value));
}

/** {@link shownJson} of a text of JSON, or a piece of one. */
export function shownJsonText(text: string): string {
  const codeUnits = (character: string) =>
    Array.from({ length: character.length }, (_, i) => `\\u${hexadecimal(character.charCodeAt(i), 4)}`).join('');
  return text.replace(HIDDEN_IN_LINES, codeUnits);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x100) return SHORT[character] ?? `\\x${hexadecimal(code, 2)}`;
  return code < 0x10000 ? `\\u${hexadecimal(code, 4)}` : `\\u{${hexadecimal(code, 4)}}`;
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
