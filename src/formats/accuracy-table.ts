import { z } from 'zod';
import { TrifoldError } from '../util/errors.ts';
import { type Document, errorAt, readWith } from './document/document.ts';
import { parseJson } from './document/json-document.ts';
import { longList, tableRows } from './document/long-list.ts';

/** Figures of one trained network of a benchmark, in percent and points. */
export interface ReadTableRow {
  readonly searchPercent: number;
  readonly reportPercent: number;
  /** Standard error of the reported figure; null when the file has none. */
  readonly errorPoints: number | null;
}

/** A benchmark of trained networks as read; rows by the values of their genes, joined by commas. */
export interface ReadAccuracyTable {
  /** Name of the network space. */
  readonly space: string;
  readonly source: string;
  readonly searchFigure: string;
  readonly reportFigure: string;
  readonly rows: ReadonlyMap<string, ReadTableRow>;
}

/** Datasets of NAS-Bench-201. */
export const TABLE_DATASETS = ['cifar10', 'cifar100', 'imagenet16-120'] as const;

/** One dataset of {@link TABLE_DATASETS}. */
export type TableDataset = (typeof TABLE_DATASETS)[number];

/**
 * Reads a table of NAS-Bench-201, NAS-Bench-Macro or Accel-NASBench; which one shows from its content.
 * @param dataset of NAS-Bench-201, whose file holds three; the other files ignore it
 * @throws TrifoldError `syntax`, `schema` or `value` with the place
 */
export function parseAccuracyTable(text: string, file: string, dataset: TableDataset = 'cifar10'): ReadAccuracyTable {
  const document = parseJson(text, file);
  if (document.data === null || typeof document.data !== 'object' || Array.isArray(document.data))
    throw unknownTable(file);
  const table = readTable(document, document.data, dataset);
  const isFraction = ({ searchPercent, reportPercent }: ReadTableRow) => searchPercent <= 1 && reportPercent <= 1;
  if ([...table.rows.values()].every(isFraction))
    throw errorAt(
      document,
      [],
      'value',
      'no accuracy is above 1 %: these are fractions, not percentages',
      'multiply them by 100',
    );
  return table;
}

function readTable(document: Document, data: object, dataset: TableDataset): ReadAccuracyTable {
  if ('edges' in data && 'ops' in data) return readNasBench201(document, dataset);
  if ('choices' in data && 'columns' in data) return readAccelNasBench(document);
  const [first] = Object.keys(data);
  if (first !== undefined && /^[012]{8}$/.test(first)) return readMacro(document);
  throw unknownTable(document.file);
}

function unknownTable(file: string): TrifoldError {
  return new TrifoldError('value', 'this is no accuracy table that Trifold knows', {
    place: { file },
    hint: 'known are the tables of NAS-Bench-201, NAS-Bench-Macro and Accel-NASBench (docs/networks.md)',
  });
}

const columnar = z.object({ columns: longList(z.string()), rows: tableRows(1) });
const percent = z.number().min(0).max(100);

const NB201_OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];
const NB201_EDGES = ['0->1', '0->2', '1->2', '0->3', '1->3', '2->3'];
const NB201_COLUMNS: Readonly<Record<TableDataset, string>> = {
  cifar10: 'c10',
  cifar100: 'c100',
  'imagenet16-120': 'in16',
};

function readNasBench201(document: Document, dataset: TableDataset): ReadAccuracyTable {
  const { ops, edges, rows, columns } = readWith(
    columnar.extend({ ops: longList(z.string()), edges: longList(z.string()) }),
    document,
  );
  if (edges.join() !== NB201_EDGES.join())
    throw errorAt(document, ['edges'], 'value', `the edges must be ${NB201_EDGES.join(', ')}`);
  if ([...ops].sort().join() !== [...NB201_OPERATIONS].sort().join())
    throw errorAt(document, ['ops'], 'value', `the operations must be ${NB201_OPERATIONS.join(', ')}, in any order`);
  const read = columnReader(document, columns);
  const prefix = NB201_COLUMNS[dataset];
  const table = new Map<string, ReadTableRow>();
  for (const [i, row] of rows.entries()) {
    const code = read.text(row, i, 'code');
    const names = [...code].map((digit) => (/^\d$/.test(digit) ? ops[Number(digit)] : undefined));
    if (names.length !== NB201_EDGES.length || names.includes(undefined))
      throw errorAt(document, ['rows', i], 'value', `'${code}' is not six operations`);
    const key = names.join(',');
    if (table.has(key)) throw errorAt(document, ['rows', i], 'value', `the network '${code}' stands twice`);
    table.set(key, {
      searchPercent: read.percent(row, i, `${prefix}_val12`),
      reportPercent: read.percent(row, i, `${prefix}_test200`),
      errorPoints: null,
    });
  }
  return {
    space: dataset === 'cifar10' ? 'nas-bench-201' : `nas-bench-201-${dataset}`,
    source: `NAS-Bench-201 table ${document.file}`,
    searchFigure: 'validation accuracy after 12 epochs',
    reportFigure: 'test accuracy after 200 epochs',
    rows: table,
  };
}

const MACRO_OPERATIONS = ['identity', 'mbconv-k3-e3', 'mbconv-k5-e6'];

function readMacro(document: Document): ReadAccuracyTable {
  const schema = z.record(
    z.string().regex(/^[012]{8}$/, 'a network of NAS-Bench-Macro is eight digits 0 to 2'),
    z.object({ test_acc: z.array(percent).min(1), mean_acc: percent }),
  );
  const networks = Object.keys(document.data ?? {}).length;
  if (networks > MACRO_OPERATIONS.length ** 8)
    throw errorAt(
      document,
      [],
      'value',
      `the table has ${networks} networks, NAS-Bench-Macro ${MACRO_OPERATIONS.length ** 8}`,
    );
  const data = readWith(schema, document);
  return {
    space: 'nas-bench-macro',
    source: `NAS-Bench-Macro table ${document.file}`,
    searchFigure: 'mean test accuracy over seeds (the table has no validation accuracy)',
    reportFigure: 'mean test accuracy over seeds (the table has no validation accuracy)',
    rows: new Map(
      Object.entries(data).map(([code, { test_acc, mean_acc }]) => [
        [...code].map((digit) => MACRO_OPERATIONS[Number(digit)]).join(','),
        { searchPercent: mean_acc, reportPercent: mean_acc, errorPoints: standardError(test_acc) },
      ]),
    ),
  };
}

/** Standard error of a mean: sample deviation over the root of the count; null for one value. */
function standardError(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Spread of the proxy accuracy of Accel-NASBench over training seeds, in points: from the 13 networks that its table holds twice. */
const ACCEL_SEED_SIGMA = 0.27;

/** Networks that stand in the table several times have the mean of their figures. */
function readAccelNasBench(document: Document): ReadAccuracyTable {
  const { columns, rows } = readWith(columnar, document);
  const read = columnReader(document, columns);
  const figures = new Map<string, number[]>();
  for (const [i, row] of rows.entries()) {
    const key = ['e7', 'k7', 'l7', 'se7'].flatMap((name) => read.digits(row, i, name)).join(',');
    figures.set(key, [...(figures.get(key) ?? []), read.percent(row, i, 'top1')]);
  }
  const figure = 'ImageNet validation accuracy under the proxy schedule of the benchmark, one seed';
  return {
    space: 'accel-nasbench',
    source: `Accel-NASBench table ${document.file}`,
    searchFigure: figure,
    reportFigure: figure,
    rows: new Map(
      [...figures].map(([key, values]) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const errorPoints = ACCEL_SEED_SIGMA / Math.sqrt(values.length);
        return [key, { searchPercent: mean, reportPercent: mean, errorPoints }];
      }),
    ),
  };
}

type Row = readonly (string | number | null)[];

function columnReader(document: Document, columns: readonly string[]) {
  const repeated = columns.find((name, i) => columns.indexOf(name) !== i);
  if (repeated !== undefined) throw errorAt(document, ['columns'], 'value', `the column '${repeated}' stands twice`);
  const at = (row: Row, index: number, name: string) => {
    const column = columns.indexOf(name);
    if (column < 0) throw errorAt(document, ['columns'], 'value', `there is no column '${name}'`);
    if (row.length !== columns.length)
      throw errorAt(document, ['rows', index], 'value', `${row.length} cells in a row for ${columns.length} columns`);
    return { value: row[column], path: ['rows', index, column] };
  };
  return {
    text: (row: Row, index: number, name: string): string => {
      const { value, path } = at(row, index, name);
      if (typeof value !== 'string') throw errorAt(document, path, 'value', `${name} must be a text`);
      return value;
    },
    /** One for each of seven stages. */
    digits: (row: Row, index: number, name: string): readonly string[] => {
      const { value, path } = at(row, index, name);
      if (typeof value !== 'string' || !/^\d{7}$/.test(value))
        throw errorAt(document, path, 'value', `${name} must be seven digits`);
      return [...value];
    },
    percent: (row: Row, index: number, name: string): number => {
      const { value, path } = at(row, index, name);
      if (typeof value !== 'number' || value < 0 || value > 100)
        throw errorAt(document, path, 'value', `${name} must be a percentage`);
      return value;
    },
  };
}
