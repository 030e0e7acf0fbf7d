import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeError, TrifoldError } from '../../src/util/errors.ts';
import { shellWord } from '../../src/util/shell-word.ts';
import { shownJsonText, shownLines, shownText } from '../../src/util/shown-text.ts';
import { shortenedText, textColumns } from '../../src/util/text-columns.ts';
import { hiddenIn, hostileText } from './hostile-text.ts';

describe('shown text', () => {
  it('holds nothing that is obeyed, hidden or breaks a line, and is shown as it is from then on', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = shownText(text);
        expect(hiddenIn(shown)).toEqual([]);
        expect(shown).not.toContain('\n');
        expect(shownText(shown)).toBe(shown);
        expect(hiddenIn(shownLines(text))).toEqual([]);
        expect(shownLines(text).split('\n')).toHaveLength(text.split('\n').length);
      }),
    );
  });

  it('changes nothing of plain text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => shownText(text) === text));
  });

  it.each([
    ['Arabic', 'شبكة عصبية'],
    ['Persian, with a joiner that its writing needs', 'می‌خواهم'],
    ['Hebrew with vowels', 'שָׁלוֹם'],
    ['Japanese', '日本語ネットワーク'],
    ['an ideograph with its form', '葛\u{e0100}城'],
    ['Hindi', 'क्‍ष'],
    ['Thai', 'ยิ่งใหญ่'],
    ['Korean', '한국어'],
    ['a family of emoji', '👩‍👩‍👧‍👦'],
    ['emoji in colour', '❤️ 1️⃣ 🏳️‍🌈'],
    ['accents', 're\u0301sume\u0301'],
    ['a path of Windows', 'C:\\new\\u202e'],
  ])('leaves %s as it is', (_, text) => {
    expect(shownText(text)).toBe(text);
  });

  it.each([
    ['a\u001b]0;x\u0007', 'a\\x1b]0;x\\x07'],
    ['a\u202eb\u2066', 'a\\u202eb\\u2066'],
    ['one\r\ntwo\tthree\u2028', 'one\\r\\ntwo\\tthree\\u2028'],
    ['a\u200db\u200c', 'a\\u200db\\u200c'],
    ['\u0627\u200d\u180e', '\u0627\\u200d\\u180e'],
    ['\u061c\u200d\u0627', '\\u061c\\u200d\u0627'],
    ['1\ufe0f', '1\\ufe0f'],
    ['葛\u{e0100}\u{e0101}', '葛\u{e0100}\\u{e0101}'],
    ['e\u0301\u0301\u0301\u0301\u0301', 'e\u0301\u0301\u0301\u0301\\u0301'],
    ['\u0301x', '\\u0301x'],
    ['\ud83d!', '\\ud83d!'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('shows %j as escapes', (text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  it('is in JSON a spelling of the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, fc.array(hostileText, { maxLength: 3 }), { maxKeys: 3 }), (value) => {
        for (const space of [undefined, 2]) {
          expect(hiddenIn(shownJsonText(JSON.stringify(value, null, space)))).toEqual([]);
          expect(JSON.parse(shownJsonText(JSON.stringify(value, null, space)))).toEqual(
            JSON.parse(JSON.stringify(value)),
          );
        }
      }),
    );
  });

  it('is in errors never a line of its own', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (file, message, hint) => {
        const details = { place: { file, line: 1 }, keyPath: `k${message}`, lines: [message], hint };
        const lines = describeError(new TrifoldError('value', message, details)).split('\n');
        expect(lines).toHaveLength(4);
        expect(hiddenIn(lines.join(''))).toEqual([]);
      }),
    );
  });
});

describe('a word of a shell', () => {
  it('shows what it holds, and a shell reads it back', () => {
    const words = fc.sample(
      hostileText.filter((text) => !/\0|\ud800|\udfff/u.test(text)),
      { numRuns: 60, seed: 1 },
    );
    const shown = words.map(shellWord);
    for (const word of shown) expect(shownText(word)).toBe(word);
    const read = execFileSync('bash', ['-c', `printf '%s\\0' ${shown.join(' ')}`], { encoding: 'utf8' });
    expect(read.split('\0').slice(0, -1)).toEqual(words);
  });

  it('is left alone or quoted where that shows all of it', () => {
    expect(['runs/a-1', "it's", 'a b'].map(shellWord)).toEqual(['runs/a-1', `'it'\\''s'`, `'a b'`]);
    expect(shellWord('runs/a\u001b[2J')).toBe(`$'runs/a\\033[2J'`);
  });
});

describe('a shortened text', () => {
  it('fits and keeps both ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 5, max: 20 }), (text, columns) => {
        const short = shortenedText(shownText(text), columns);
        expect(textColumns(short)).toBeLessThanOrEqual(columns);
        if (textColumns(shownText(text)) <= columns) expect(short).toBe(shownText(text));
      }),
    );
    expect(shortenedText('abcdefghij', 5)).toBe('ab…ij');
    expect(shortenedText('日本語ネット', 7)).toBe('日…ト');
    expect(textColumns('日本 é 👩‍👩‍👧‍👦 שָׁלוֹם')).toBe(4 + 1 + 1 + 1 + 2 + 1 + 4);
  });
});
