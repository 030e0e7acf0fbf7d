import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldedLines } from '../../../../src/cli/text/layout/folded-lines.ts';
import { textColumns } from '../../../../src/util/text-columns.ts';

const line = fc.stringMatching(/^ {0,4}(- )?([a-z]{1,6} {2,6})?[a-z]{1,9}( [a-z]{1,9}){0,30}$/);

describe('lines on a terminal', () => {
  it('fit into it, with every word in its order, and stay as they are where they fit', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 24, max: 100 }), (text, width) => {
        const folded = foldedLines(text, width);
        expect(Math.max(...folded.split('\n').map(textColumns))).toBeLessThanOrEqual(width);
        expect(folded.split(/\s+/)).toEqual(text.split(/\s+/));
        if (text.length <= width) expect(folded).toBe(text);
      }),
    );
  });

  it('go on below what they say, right of dashes and labels', () => {
    expect(foldedLines('  energy       2.75 mJ: MAC 9.7 %, DRAM 9.3 %\n  - cycles of launch and requests', 32)).toBe(
      [
        '  energy       2.75 mJ: MAC 9.7',
        '               %, DRAM 9.3 %',
        '  - cycles of launch and',
        '    requests',
      ].join('\n'),
    );
  });

  it('keep a word that is longer than a line whole', () => {
    const path = 'x'.repeat(50);
    expect(foldedLines(`written to ${path}: summary.json`, 30)).toBe(`written to\n  ${path}:\n  summary.json`);
  });
});
