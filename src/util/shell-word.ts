import { shownText } from './shown-text.ts';

/** A word that a POSIX shell passes on as it is, quoted where it has to be; what would not show is spelled as `$'\033'` (bash, zsh, POSIX of 2024). */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (shownText(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  // Octal digits of UTF-8: shells agree on no other escapes, and these end after three digits.
  const spelled = Array.from(new TextEncoder().encode(word), (byte) =>
    byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte).replace(/['\\]/, '\\$&')
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `$'${spelled.join('')}'`;
}
