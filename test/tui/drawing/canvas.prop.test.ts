import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Canvas, fitText, oneColumnText } from '../../../src/tui/drawing/canvas.ts';

const textOf = (canvas: Canvas): string[] => canvas.lines().map((line) => line.map(({ text }) => text).join(''));
const place = fc.integer({ min: -5, max: 30 });

describe('canvas', () => {
  it('never grows, wherever and whatever is drawn', () => {
    const write = fc.tuple(place, place, fc.string({ unit: 'binary', maxLength: 40 }));
    fc.assert(
      fc.property(fc.nat(20), fc.nat(10), fc.array(write, { maxLength: 4 }), (width, height, writes) => {
        const canvas = Canvas.create(width, height);
        for (const [x, y, text] of writes) canvas.text(x, y, text);
        for (const [x, y, text] of writes) canvas.textRight(x, y, text);
        const lines = textOf(canvas);
        expect(lines).toHaveLength(height);
        for (const line of lines) expect(line).toHaveLength(width);
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

describe('text of one column per character', () => {
  it('has no control characters, surrogates or marks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneColumnText(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{M}\u{10000}-\u{10ffff}]/u);
      }),
    );
  });

  it('leaves names as they are and replaces what is wide', () => {
    expect(oneColumnText('layer3.0/conv2 × µ │ ⠿ é')).toBe('layer3.0/conv2 × µ │ ⠿ é');
    expect(oneColumnText('層 a\u001b[31m\u{1f600}')).toBe('? a [31m?');
  });

  it('cuts with an ellipsis', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -1, max: 12 }), (text, width) => {
        const cut = fitText(text, width);
        expect(cut.length).toBeLessThanOrEqual(Math.max(0, width));
        if (text.length <= width) expect(cut).toBe(text);
        else if (width > 0) expect(cut).toBe(`${text.slice(0, width - 1)}…`);
      }),
    );
  });
});
