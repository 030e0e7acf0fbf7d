import fc from 'fast-check';

/** Characters that terminals and browsers obey or hide, with what they might be mixed with. */
export const HOSTILE_CHARACTERS = [
  ...'\u0000\u0007\b\t\n\u000b\r\u001b\u007f\u0085\u009b\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f',
  ...'\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\u206f\u3164\ufe0f\ufeff\ufff9\uffff',
  '\ud800',
  '\udfff',
  '\u{e0041}',
  '\u{e0100}',
  '\u0301',
  ...`ab9 '"<>&\\$\`=+-@,;{}[]%|/.`,
  ...'\u00e9\u05d0\u0627\u65e5',
  '\u{1f600}',
];

/** Text with many of them. */
export const hostileText = fc.string({ unit: fc.constantFrom(...HOSTILE_CHARACTERS), maxLength: 24 });

/** Code points that may never leave, wherever they stand: written down apart from the code under test, without what is allowed in places. */
const NEVER_SHOWN: readonly (readonly [number, number])[] = [
  [0x0, 0x9],
  [0xb, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x180e, 0x180e],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xfffe, 0xffff],
  [0xe0000, 0xe007f],
];

/** The code points of a text that may never be shown. */
export function hiddenIn(text: string): string[] {
  return Array.from(text, (character) => character.codePointAt(0)!)
    .filter((code) => NEVER_SHOWN.some(([first, last]) => code >= first && code <= last))
    .map((code) => `U+${code.toString(16)}`);
}
