import { describe, expect, it } from 'vitest';
import { parseBoardTable } from '../../src/formats/board-table.ts';
import { errorOf } from './errors.ts';

const TABLE = {
  source: 'a benchmark',
  columns: ['id', 'e7', 'k7', 'l7', 'se7', 'ms', 'fps'],
  rows: [
    [0, '1111111', '3333333', '1111111', '0000001', 2.5, null],
    [1, '6666666', '5555555', '3333343', '1111111', 4, 100],
  ],
};

function parse(change: Partial<Record<keyof typeof TABLE, unknown>>, columns = ['ms', 'fps']) {
  return parseBoardTable(JSON.stringify({ ...TABLE, ...change }), 'boards.json', columns);
}

describe('a table of measured boards', () => {
  it('has genes and figures of every network; null where nothing was measured', () => {
    const { source, networks } = parse({});
    expect(source).toBe('a benchmark');
    expect(networks.map(({ figures }) => figures)).toEqual([
      { ms: 2.5, fps: null },
      { ms: 4, fps: 100 },
    ]);
    expect(networks[1]!.genes).toEqual({
      e: [6, 6, 6, 6, 6, 6, 6],
      k: [5, 5, 5, 5, 5, 5, 5],
      l: [3, 3, 3, 3, 3, 4, 3],
      se: [1, 1, 1, 1, 1, 1, 1],
    });
  });

  it.each([
    ['another column', () => parse({}, ['watts']), /no column 'watts'/, 'columns'],
    ['no rows', () => parse({ rows: [] }), /at least 1 entry/, 'rows'],
    [
      'six genes',
      () => parse({ rows: [[0, '111111', '3333333', '1111111', '0000000', 1, 1]] }),
      /seven digits/,
      'rows.0.1',
    ],
    [
      'a short row',
      () => parse({ rows: [TABLE.rows[0], TABLE.rows[1]!.slice(0, 6)] }),
      /this row has 6 of 7 fields/,
      'rows.1',
    ],
    ['a long row', () => parse({ rows: [[...TABLE.rows[0]!, 3]] }), /this row has 8 of 7 fields/, 'rows.0'],
    [
      'a time of zero',
      () => parse({ rows: [[0, '1111111', '3333333', '1111111', '0000000', 0, 1]] }),
      /above 0/,
      'rows.0.5',
    ],
    [
      'a text as a time',
      () => parse({ rows: [[0, '1111111', '3333333', '1111111', '0000000', 'fast', 1]] }),
      /above 0/,
      'rows.0.5',
    ],
  ])('is refused with its place: %s', (_, work, message, keyPath) => {
    const error = errorOf(work);
    expect(error.message).toMatch(message);
    expect(error.details.keyPath).toBe(keyPath);
    expect(error.details.place?.line).toBeGreaterThan(0);
  });
});
