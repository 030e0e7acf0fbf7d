import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTable, names, right } from '../../../src/cli/text/table.ts';
import { textColumns } from '../../../src/util/text-columns.ts';
import { hiddenIn, hostileText } from '../../util/hostile-text.ts';

describe('a table', () => {
  it('has a line per row and straight columns, whatever its cells hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(hostileText, hostileText), { minLength: 1, maxLength: 4 }),
        hostileText,
        (rows, title) => {
          const table = formatTable(
            [names(title), right('n'), 'end'],
            rows.map(([a, b]) => [a, b, '|']),
          );
          const lines = table.split('\n');
          expect(lines).toHaveLength(rows.length + 2);
          expect(hiddenIn(table)).toEqual([]);
          expect(new Set(lines.slice(2).map((line) => textColumns(line))).size).toBe(1);
        },
      ),
    );
  });

  it('cuts long names in the middle', () => {
    const lines = formatTable(
      [names('layer'), right('cycles')],
      [
        ['x'.repeat(300), '12'],
        ['conv1', '3'],
      ],
    ).split('\n');
    expect(lines[2]).toBe(`${'x'.repeat(16)}…${'x'.repeat(15)}      12`);
    expect(lines[3]).toBe(`conv1${' '.repeat(27)}       3`);
  });

  it('keeps as much of them as tells them apart', () => {
    const long = (part: number) => `encoder.of.the.network.layer.${part}.attention.output.dense`;
    const [, , ...lines] = formatTable([names('layer')], [[long(10)], [long(11)], [long(10)]]).split('\n');
    expect(new Set(lines).size).toBe(2);
    expect(lines[0]).toBe(lines[2]);
  });

  it('shows text that is no name in full, and wide characters in two columns', () => {
    expect(
      formatTable(
        ['what', 'n'],
        [
          ['w'.repeat(60), '1'],
          ['日本', '2'],
        ],
      ),
    ).toBe(
      [`what${' '.repeat(56)}  n`, `${'-'.repeat(60)}  -`, `${'w'.repeat(60)}  1`, `日本${' '.repeat(56)}  2`].join(
        '\n',
      ),
    );
  });
});
