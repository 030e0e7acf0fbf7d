import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiText, showsUnicode } from '../../../src/tui/terminal/ascii.ts';
import { textColumns } from '../../../src/util/text-columns.ts';

const DRAWN = '─━│┌┐└┘├┤┬┴┼╸■█▓▒░▚▞▤●◆▲▼►◄▸∥×·⋮⋯⋱…→↓↑←≥±²µτρ';

describe('text for terminals without Unicode', () => {
  it('is ASCII and as wide as before, whatever is drawn', () => {
    const character = fc.oneof(
      fc.constantFrom(...DRAWN),
      fc.integer({ min: 0x2800, max: 0x28ff }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0x20, max: 0xd7ff }).map((code) => String.fromCharCode(code)),
    );
    fc.assert(
      fc.property(fc.array(character), (characters) => {
        const text = characters.join('');
        expect(asciiText(text)).toMatch(/^[\x20-\x7e]*$/);
        expect(asciiText(text)).toHaveLength(textColumns(text));
      }),
    );
  });

  it('keeps what is ASCII, and knows a likeness of everything that pages draw', () => {
    expect(asciiText('Layers 3 of 23 (~50 %)')).toBe('Layers 3 of 23 (~50 %)');
    expect(asciiText(DRAWN)).not.toContain('?');
  });

  it('puts the ink of a chart where its dots are', () => {
    expect(asciiText('\u2800\u2809\u2812\u2824\u28c0\u28ff\u2847')).toBe(" '-._||");
    for (let pattern = 1; pattern < 256; pattern++)
      expect(asciiText(String.fromCharCode(0x2800 + pattern))).not.toBe(' ');
  });
});

describe('Unicode of a terminal', () => {
  it.each([
    [{}, true],
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'en_US.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'POSIX', LC_CTYPE: 'de_DE.UTF-8' }, true],
    [{ LANG: 'en_US.ISO-8859-1' }, false],
    [{ LANG: 'C.UTF-8', TERM: 'linux' }, false],
  ])('follows the locale %j', (environment, expected) => {
    expect(showsUnicode(environment)).toBe(expected);
  });
});
