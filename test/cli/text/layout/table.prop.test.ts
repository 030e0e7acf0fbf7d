import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  beside,
  type Column,
  formatTable,
  indentedTable,
  names,
  right,
} from '../../../../src/cli/text/layout/table.ts';
import { textColumns } from '../../../../src/util/text-columns.ts';
import { hiddenIn, hostileText } from '../../../util/hostile-text.ts';

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

const KINDS: readonly ((title: string) => Column)[] = [(title) => title, right, names, (title) => beside(right(title))];
const word = fc.oneof({ weight: 4, arbitrary: fc.stringMatching(/^[a-z]{0,9}$/) }, hostileText);
const anyTable = fc.array(fc.tuple(fc.constantFrom(...KINDS), word), { minLength: 1, maxLength: 9 }).chain((titled) =>
  fc.record({
    columns: fc.constant(titled.map(([kind, title]) => kind(title))),
    rows: fc.array(fc.tuple(...titled.map(() => fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')))), {
      maxLength: 4,
    }),
  }),
);

describe('a table for a terminal', () => {
  it('is never wider than that', () => {
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 20, max: 120 }), ({ columns, rows }, width) => {
        for (const table of [formatTable(columns, rows, width), indentedTable(columns, rows, width)])
          expect(Math.max(...table.split('\n').map(textColumns))).toBeLessThanOrEqual(width);
      }),
      { numRuns: 40 },
    );
  });

  it('shows all that its cells hold', () => {
    const cell = fc.stringMatching(/^[a-z]{1,30}( [a-z]{1,30}){0,3}$/);
    const grid = fc.integer({ min: 1, max: 8 }).chain((count) => {
      const row = fc.array(cell, { minLength: count, maxLength: count });
      return fc.record({ titles: row, rows: fc.array(row, { maxLength: 3 }) });
    });
    const sorted = (text: string) => [...text.replace(/[^a-z]/g, '')].sort().join('');
    fc.assert(
      fc.property(grid, fc.integer({ min: 20, max: 120 }), ({ titles, rows }, width) => {
        const shown = sorted(formatTable(titles, rows, width));
        const all = [titles, ...rows];
        const first = all.map(([text]) => text!).join('');
        const others = sorted(all.flatMap((texts) => texts.slice(1)).join(''));
        const times = (shown.length - others.length) / sorted(first).length;
        expect(shown).toBe(sorted(first.repeat(times) + others));
      }),
    );
  });

  it('is the same as for a file where it fits', () => {
    fc.assert(
      fc.property(anyTable, ({ columns, rows }) => {
        const table = formatTable(columns, rows, Number.POSITIVE_INFINITY);
        expect(formatTable(columns, rows, Math.max(...table.split('\n').map(textColumns)))).toBe(table);
      }),
    );
  });

  const columns = [names('layer'), beside('runs'), right('cycles'), right('reads'), beside(right('fills'))];
  const rows = [
    ['encoder.first.attention', 'x2', '1,000', '2,000', '3,000'],
    ['fc', '', '10', '20', '30'],
  ];

  it('shortens names before it falls into parts', () => {
    expect(formatTable(columns, rows, 43)).toBe(
      [
        'layer            runs  cycles  reads  fills',
        '---------------  ----  ------  -----  -----',
        'encoder…tention  x2     1,000  2,000  3,000',
        'fc                         10     20     30',
      ].join('\n'),
    );
  });

  it('repeats its first columns in each part and keeps columns beside one another', () => {
    expect(formatTable(columns, rows, 38)).toBe(
      [
        'layer                    runs  cycles',
        '-----------------------  ----  ------',
        'encoder.first.attention  x2     1,000',
        'fc                                 10',
        '',
        'layer               runs  reads  fills',
        '------------------  ----  -----  -----',
        'encoder.f…ttention  x2    2,000  3,000',
        'fc                           20     30',
      ].join('\n'),
    );
  });

  it('puts long texts in several lines before it falls into parts', () => {
    expect(
      formatTable(
        [right('n'), 'why', right('cycles')],
        [['1', 'the words of this text are more than a line', '20']],
        36,
      ),
    ).toBe(
      [
        'n  why                        cycles',
        '-  -------------------------  ------',
        '1  the words of this text         20',
        '   are more than a line',
      ].join('\n'),
    );
  });
});
