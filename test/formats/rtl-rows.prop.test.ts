import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtlRows } from '../../src/formats/rtl-rows.ts';
import { TrifoldError } from '../../src/util/errors.ts';

const COLUMNS = [
  ...['id (t train, v test)', 'mesh', 'bounds KCPQRS', 'stride', '[padding, inputSize] (null: none)'],
  ...['DRAM loops, outer first', 'spatial K below Scratchpad', 'spatial C below Accumulator'],
  ...['Accumulator loops, outer first', 'RTL cycles', 'a figure of others', 'anomaly'],
];
/** A row of a 7x7 convolution of stride 2, by column. */
const ROW: readonly unknown[] = [
  't0',
  4,
  [64, 3, 112, 112, 7, 7],
  2,
  [3, 224],
  'K8 Q28',
  4,
  3,
  'K2 S7 R7 Q4 P112',
  9853947,
  null,
  0,
];

const fileOf = (rows: readonly (readonly unknown[])[], columns = COLUMNS) =>
  JSON.stringify({ source: 'here', columns, rows });
const withCell = (column: number, cell: unknown) => ROW.map((old, i) => (i === column ? cell : old));

function refusal(text: string): TrifoldError {
  try {
    parseRtlRows(text, 'rows.json', [4, 8]);
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const loops = fc.array(
  fc.record({ dim: fc.constantFrom('K', 'C', 'P', 'Q', 'R', 'S'), bound: fc.integer({ min: 1, max: 99 }) }),
  { maxLength: 4 },
);
const loopText = (list: readonly { dim: string; bound: number }[]) =>
  list.map(({ dim, bound }) => `${dim}${bound}`).join(' ');

describe('measured rows', () => {
  it('read a convolution with its padding, its loops outer first, and what was measured', () => {
    const { source, rows } = parseRtlRows(fileOf([ROW]), 'rows.json', [4]);
    expect(source).toBe('here');
    const [row] = rows;
    expect(row).toMatchObject({ id: 't0', mesh: 4, spatialK: 4, spatialC: 3, cycles: 9853947, isAnomalous: false });
    expect(row!.dramLoops).toEqual([
      { dim: 'K', bound: 8 },
      { dim: 'Q', bound: 28 },
    ]);
    expect(row!.problem.bounds).toMatchObject({ N: 1, G: 1, K: 64, C: 3, P: 112, Q: 112, R: 7, S: 7 });
    expect(row!.problem).toMatchObject({ stride: [2, 2], paddingBefore: [3, 3], inputSize: [224, 224] });
  });

  it('are what was written, wherever the columns stand', () => {
    fc.assert(
      fc.property(
        fc.record({
          dram: loops,
          inner: loops,
          k: fc.integer({ min: 1, max: 64 }),
          anomaly: fc.constantFrom(0, 1),
          padding: fc.constantFrom(null, [0, 7]),
        }),
        fc.shuffledSubarray([...COLUMNS.keys()], { minLength: COLUMNS.length }),
        ({ dram, inner, k, anomaly, padding }, order) => {
          const cells = [
            'x',
            8,
            [k, 2, 5, 5, 3, 3],
            1,
            padding,
            loopText(dram),
            k,
            2,
            loopText(inner),
            17.5,
            null,
            anomaly,
          ];
          const text = fileOf(
            [order.map((i) => cells[i])],
            order.map((i) => COLUMNS[i]!),
          );
          const [row] = parseRtlRows(text, 'rows.json', [8]).rows;
          expect(row!.problem.inputSize).toEqual([7, 7]);
          expect(row).toMatchObject({
            ...{ id: 'x', mesh: 8, spatialK: k, spatialC: 2, cycles: 17.5, isAnomalous: anomaly === 1 },
            ...{ dramLoops: dram, accumulatorLoops: inner },
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    [0, '', /id must be a name/],
    [1, 4.5, /mesh must be a whole number/],
    [1, 16, /no preset stands for an array of 16 x 16/],
    [2, [64, 3, 112, 112, 7], /six whole numbers/],
    [2, [64, 3, 112, 112, 7, 0], /six whole numbers/],
    [2, [2 ** 30, 2 ** 30, 112, 112, 7, 7], /cannot be counted/],
    [3, 0, /stride must be/],
    [4, [3], /\[padding, inputSize\] must be/],
    [4, [-1, 224], /\[padding, inputSize\] must be/],
    [4, [300, 224], /outside the padding/],
    [4, [3, 0], /\[padding, inputSize\] must be/],
    [5, 'K8  Q28', /DRAM loops must be loops such as/],
    [5, 'N8', /DRAM loops must be/],
    [5, 'K0', /DRAM loops must be/],
    [5, 'K999999999 K999999999', /cannot be counted/],
    [6, '4', /spatial K must be/],
    [7, null, /spatial C must be/],
    [8, undefined, /Accumulator loops must be/],
    [9, 0.5, /RTL cycles must be a number of at least 1 and below 2\^53/],
    [9, 2 ** 53, /RTL cycles must be a number of at least 1 and below 2\^53/],
    [11, 2, /anomaly must be 0 or 1/],
  ])('refuse column %i as %j, with its place', (column, cell, message) => {
    const error = refusal(fileOf([ROW, withCell(column, cell)]));
    expect(error.message).toMatch(message);
    expect(error.code).toBe('value');
    expect(error.details.place?.column).toBeGreaterThan(fileOf([ROW]).length - 3);
    expect(error.details.keyPath).toMatch(/^rows\.1\.\d+$/);
  });

  it('refuse padding that the model would walk for too long', () => {
    expect(refusal(fileOf([withCell(2, [1, 1, 30000, 30000, 1, 1])])).message).toMatch(/rows or columns of padding/);
  });

  it.each(COLUMNS.filter((name) => name !== 'a figure of others'))('refuse a file without the column %s', (name) => {
    const error = refusal(
      fileOf(
        [ROW],
        COLUMNS.map((column) => (column === name ? 'other' : column)),
      ),
    );
    expect(error.message).toMatch(/there is no column/);
    expect(error.details.keyPath).toBe('columns');
  });

  // Killed by: lengths that are not looked at, only of rows that are too short, or the place of a cell for that of the row.
  it.each([
    [ROW.slice(0, -1), 'this row has 11 of 12 fields'],
    [[...ROW, 0], 'this row has 13 of 12 fields'],
  ])('refuse a row with another number of fields than columns', (row, message) => {
    const error = refusal(fileOf([ROW, row]));
    expect(error).toMatchObject({ code: 'value', message });
    expect(error.details).toMatchObject({
      keyPath: 'rows.1',
      hint: expect.stringContaining('RTL cycles; a figure of'),
    });
    expect(error.details.place).toMatchObject({ line: 1, column: fileOf([ROW]).length - 1 + ','.length });
  });

  // Killed by: duplicates known by their ids or by their measurements alone, measurements without their cycles, figures of others compared.
  it('count once where they say the same, in any order, and as often as a mapping was measured with other cycles', () => {
    const again = withCell(0, 't1').with(9, 9853948);
    const same = [ROW, again, withCell(10, 5), withCell(0, 't2'), [...again]];
    fc.assert(
      fc.property(fc.shuffledSubarray(same, { minLength: same.length }), (rows) => {
        const table = parseRtlRows(fileOf(rows), 'rows.json', [4]);
        expect(table.rows.map(({ cycles }) => cycles).sort()).toEqual([9853947, 9853948]);
        expect(table.duplicates).toBe(3);
      }),
      { numRuns: 30 },
    );
  });

  // Killed by: no comparison of each, also with a row that itself counted for nothing.
  it.each([
    ['cycles', withCell(9, 9853948), 9, 'row t0 has 9853948 cycles here, but 9853947 in rows.0'],
    ['mark', withCell(11, 1), 11, /another mark of anomaly/],
    ['mark under another id', withCell(0, 't1').with(11, 1), 11, /another mark of anomaly, the measurement of rows\.0/],
    ['stride', withCell(3, 1), 0, /another layer, array or mapping than the row of this id in rows\.0/],
    ['array', withCell(1, 8), 0, /another layer, array or mapping/],
    ['order of loops', withCell(5, 'Q28 K8'), 0, /another layer, array or mapping/],
    ['loops within', withCell(8, ''), 0, /another layer, array or mapping/],
    ['columns', withCell(6, 2), 0, /another layer, array or mapping/],
    ['rows', withCell(7, 1), 0, /another layer, array or mapping/],
    ['what its copy says', withCell(0, 'copy').with(9, 5), 9, /but 9853947 in rows\.1/],
  ])('refuse one that contradicts another: %s', (_, row, column, message) => {
    const error = refusal(fileOf([ROW, withCell(0, 'copy'), row]));
    expect(error.message).toMatch(message);
    expect(error.details).toMatchObject({
      keyPath: `rows.2.${column}`,
      hint: expect.stringContaining('id of its own'),
    });
    expect(error.details.place?.column).toBeGreaterThan(fileOf([ROW, ROW]).length - 3);
  });

  it('refuse a second column of a name, but not one whose name only begins so', () => {
    const error = refusal(fileOf([[...ROW, 1]], [...COLUMNS, 'RTL cycles (again)']));
    expect(error.message).toBe("there is a second column 'RTL cycles'");
    expect(error.details.keyPath).toBe('columns.12');
    const { rows } = parseRtlRows(fileOf([['?', ...ROW]], ['idle', ...COLUMNS]), 'rows.json', [4]);
    expect(rows[0]!.id).toBe('t0');
  });

  it('refuse a file with a key that means nothing', () => {
    const error = refusal(JSON.stringify({ source: 'x', columns: COLUMNS, rows: [ROW], unit: 's' }));
    expect(error).toMatchObject({ code: 'schema', details: { keyPath: 'unit', place: { line: 1 } } });
  });

  it('refuse what is no table, and one without rows', () => {
    expect(refusal('{"source": "x"}').code).toBe('schema');
    expect(refusal(fileOf([])).code).toBe('schema');
    expect(refusal('[').code).toBe('syntax');
  });
});
