import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Canvas, fitText } from '../../../src/tui/drawing/canvas.ts';
import { textColumns } from '../../../src/util/text-columns.ts';
import { hiddenIn, hostileText } from '../../util/hostile-text.ts';

const textOf = (canvas: Canvas): string[] => canvas.lines().map((line) => line.map(({ text }) => text).join(''));
const place = fc.integer({ min: -5, max: 30 });

describe('canvas', () => {
  it('never grows, wherever and whatever is drawn', () => {
    const write = fc.tuple(place, place, fc.oneof(hostileText, fc.string({ unit: 'grapheme', maxLength: 40 })));
    fc.assert(
      fc.property(fc.nat(20), fc.nat(10), fc.array(write, { maxLength: 4 }), (width, height, writes) => {
        const canvas = Canvas.create(width, height);
        for (const [x, y, text] of writes) canvas.text(x, y, text);
        for (const [x, y, text] of writes) canvas.textRight(x, y, text);
        const lines = textOf(canvas);
        expect(lines).toHaveLength(height);
        for (const line of lines) expect(textColumns(line)).toBe(width);
        expect(hiddenIn(lines.join('\n'))).toEqual([]);
      }),
    );
  });

  it('keeps what is drawn on a region inside it', () => {
    fc.assert(
      fc.property(place, place, place, place, (left, top, width, height) => {
        const canvas = Canvas.create(20, 10);
        const region = canvas.region(left, top, width, height);
        for (let y = -3; y < 20; y++) region.text(-2, y, 'x'.repeat(40));
        textOf(canvas).forEach((line, y) => {
          Array.from(line).forEach((character, x) => {
            const inside = x >= left && x < left + width && y >= top && y < top + height;
            expect(character === 'x' || character === '…').toBe(inside);
          });
        });
      }),
    );
  });

  it('gives back text and styles in spans of one style', () => {
    const canvas = Canvas.create(8, 1);
    canvas.text(canvas.text(0, 0, 'ab', 'strong'), 0, 'cd', 'dim');
    expect(canvas.lines()[0]).toEqual([
      { text: 'ab', style: 'strong' },
      { text: 'cd', style: 'dim' },
      { text: '    ', style: 'text' },
    ]);
  });
});

describe('text on a canvas', () => {
  const drawn = (text: string, width: number) => {
    const canvas = Canvas.create(width, 1);
    const end = canvas.text(0, 0, text);
    return [textOf(canvas)[0], end];
  };

  it('keeps names in any writing, wide characters in two columns', () => {
    expect(drawn('layer3.0/conv2 × µ │ ⠿ é', 30)).toEqual(['layer3.0/conv2 × µ │ ⠿ é      ', 24]);
    expect(drawn('層 a\u{1f600}', 8)).toEqual(['層 a\u{1f600}  ', 6]);
    expect(drawn('שָׁלוֹם', 6)).toEqual(['שָׁלוֹם  ', 4]);
  });

  it('shows what a terminal would obey or hide', () => {
    expect(drawn('a\u001b[31m\u202e', 16)).toEqual(['a\\x1b[31m\\u202e ', 15]);
  });

  it('never shows a half of a wide character', () => {
    expect(drawn('日本語', 4)).toEqual(['日… ', 3]);
    const canvas = Canvas.create(6, 1);
    canvas.text(0, 0, '日本語');
    canvas.put(1, 0, 'x', 'text');
    canvas.put(4, 0, 'y', 'text');
    expect(textOf(canvas)).toEqual([' x本y ']);
    expect(textOf(canvas.region(3, 0, 3, 1))).toEqual([' y ']);
  });

  it('is cut with an ellipsis', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.integer({ min: -1, max: 12 }), (text, width) => {
        const cut = fitText(text, width);
        expect(cut.length).toBeLessThanOrEqual(Math.max(0, width));
        if (text.length <= width) expect(cut).toBe(text);
        else if (width > 0) expect(cut).toBe(`${text.slice(0, width - 1)}…`);
      }),
    );
  });
});
