import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortened, textLines, textWidth } from '../../../src/report/drawing/fitted-text.ts';

const weight = fc.constantFrom('plain' as const, 'strong' as const);
const width = fc.integer({ min: 40, max: 400 });

describe('texts of drawings', () => {
  it('fit into their room, and say all where it is wide enough', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), width, weight, (text, room, bold) => {
        const short = shortened(text, room, bold);
        expect(textWidth(short, bold)).toBeLessThanOrEqual(room);
        if (textWidth(text, bold) <= room) expect(short).toBe(text);
        else {
          const [head = '', tail = ''] = short.split('\u2026');
          expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
        }
      }),
    );
  });

  it('break at spaces into lines that fit, with all words in their order', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, width, weight, (list, room, bold) => {
        const lines = textLines(list.join(' '), room, bold);
        for (const line of lines) expect(textWidth(line, bold)).toBeLessThanOrEqual(room);
        expect(lines.join(' ')).toBe(list.join(' '));
        // No line could have taken the first word of the next.
        lines.slice(1).forEach((line, i) => {
          expect(textWidth(`${lines[i]} ${line.split(' ')[0]}`, bold)).toBeGreaterThan(room);
        });
      }),
    );
  });
});
