import { z } from 'zod';
import type { TemporalLoop } from '../mapping/mapping.ts';
import type { Dim } from '../util/vocabulary.ts';
import { MAX_PADDING, macCount, makeProblem, mostPadding, type Problem } from '../workload/problem.ts';
import { type Document, errorAt, readWith } from './document/document.ts';
import { parseJson } from './document/json-document.ts';
import { longList } from './document/long-list.ts';

/** One measured run of a layer on a weight-stationary array: which tiles it was cut into and how long it took. */
export interface RtlRow {
  readonly id: string;
  /** Rows and columns of the array. */
  readonly mesh: number;
  readonly problem: Problem;
  /** Outer to inner. */
  readonly dramLoops: readonly TemporalLoop[];
  /** Columns in use: output channels below the scratchpad. */
  readonly spatialK: number;
  /** Rows in use: input channels below the accumulator. */
  readonly spatialC: number;
  /** Outer to inner. */
  readonly accumulatorLoops: readonly TemporalLoop[];
  /** Measured. */
  readonly cycles: number;
  /** Whether the file marks it as one that nothing explains. */
  readonly isAnomalous: boolean;
}

/** A table of measured rows. */
export interface RtlTable {
  readonly source: string;
  readonly rows: readonly RtlRow[];
}

/** Dims in the order of the bounds of a row. */
const ROW_DIMS = ['K', 'C', 'P', 'Q', 'R', 'S'] as const;

/** How the name of each column begins, in which files note its form too. */
const COLUMNS = {
  id: 'id',
  mesh: 'mesh',
  bounds: 'bounds KCPQRS',
  stride: 'stride',
  padding: '[padding, inputSize]',
  dramLoops: 'DRAM loops',
  spatialK: 'spatial K',
  spatialC: 'spatial C',
  accumulatorLoops: 'Accumulator loops',
  cycles: 'RTL cycles',
  anomaly: 'anomaly',
} as const;

const schema = z.object({
  source: z.string(),
  columns: z.array(z.string()),
  rows: longList(z.array(z.unknown()), 1),
});

/** Reads one cell: its value, or what is wanted instead. */
type CellReader<T> = (cell: unknown) => T | undefined;

/**
 * Reads rows of measured cycles of layers on arrays of `mesh` x `mesh` (`columns`, `rows`).
 * @param meshes that there are accelerators for
 * @throws TrifoldError `syntax`, `schema` or `value` with the place, also for a column that the file does not have
 */
export function parseRtlRows(text: string, file: string, meshes: readonly number[]): RtlTable {
  const document = parseJson(text, file);
  const { source, columns, rows } = readWith(schema, document);
  const place = placesOf(document, columns);
  return { source, rows: rows.map((cells, index) => readRow({ document, cells, index, place }, meshes)) };
}

type Places = Readonly<Record<keyof typeof COLUMNS, number>>;

function placesOf(document: Document, columns: readonly string[]): Places {
  const placed = Object.entries(COLUMNS).map(([key, name]) => {
    const place = columns.findIndex((column) => column.startsWith(name));
    if (place >= 0) return [key, place] as const;
    const hint = 'the columns of measured RTL rows are wanted: id, mesh, bounds KCPQRS, stride and others';
    throw errorAt(document, ['columns'], 'value', `there is no column '${name}'`, hint);
  });
  return Object.fromEntries(placed) as Places;
}

interface RowCells {
  readonly document: Document;
  readonly cells: readonly unknown[];
  readonly index: number;
  readonly place: Places;
}

function readRow(row: RowCells, meshes: readonly number[]): RtlRow {
  const at = <T>(column: keyof Places, read: CellReader<T>, wanted: string): T => {
    const value = read(row.cells[row.place[column]]);
    if (value !== undefined) return value;
    throw cellError(row, column, `${COLUMNS[column]} must be ${wanted}`);
  };
  const mesh = at('mesh', wholeNumber, 'a whole number of at least 1');
  if (!meshes.includes(mesh))
    throw cellError(
      row,
      'mesh',
      `no preset stands for an array of ${mesh} x ${mesh}`,
      `there are presets for ${meshes.join(', ')}`,
    );
  const loops = 'loops such as K8 Q28, outer first';
  const read = {
    id: at('id', (cell) => (typeof cell === 'string' && cell !== '' ? cell : undefined), 'a name'),
    mesh,
    problem: readProblem(row, {
      bounds: at('bounds', readBounds, 'six whole numbers of at least 1: K, C, P, Q, R, S'),
      stride: at('stride', wholeNumber, 'a whole number of at least 1'),
      padding: at('padding', readPadding, 'null, or zeros before the map and its rows, such as [1, 56]'),
    }),
    dramLoops: at('dramLoops', readLoops, loops),
    spatialK: at('spatialK', wholeNumber, 'a whole number of at least 1'),
    spatialC: at('spatialC', wholeNumber, 'a whole number of at least 1'),
    accumulatorLoops: at('accumulatorLoops', readLoops, loops),
    cycles: at('cycles', (cell) => (typeof cell === 'number' && cell > 0 ? cell : undefined), 'a number above 0'),
    isAnomalous: at('anomaly', (cell) => (cell === 0 || cell === 1 ? cell === 1 : undefined), '0 or 1'),
  };
  const steps = [...read.dramLoops, ...read.accumulatorLoops].reduce((product, { bound }) => product * bound, 1);
  if (steps > Number.MAX_SAFE_INTEGER)
    throw cellError(row, 'dramLoops', `the loops have ${steps.toPrecision(4)} steps, which cannot be counted`);
  return read;
}

function cellError({ document, index, place }: RowCells, column: keyof Places, message: string, hint?: string) {
  return errorAt(document, ['rows', index, place[column]], 'value', message, hint);
}

interface RowShape {
  readonly bounds: readonly number[];
  readonly stride: number;
  readonly padding: readonly [zeros: number, inputSize: number] | null;
}

function readProblem(row: RowCells, { bounds, stride, padding }: RowShape): Problem {
  const name = bounds.join('x');
  const sizes = Object.fromEntries(ROW_DIMS.map((dim, i) => [dim, bounds[i]!]));
  const input =
    padding === null ? {} : ({ paddingBefore: [padding[0], padding[0]], inputSize: [padding[1], padding[1]] } as const);
  let problem: Problem;
  try {
    problem = makeProblem({ name, bounds: sizes, stride: [stride, stride], ...input });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw cellError(row, 'padding', error.message);
  }
  const macs = macCount(problem);
  if (macs > Number.MAX_SAFE_INTEGER)
    throw cellError(row, 'bounds', `${macs.toPrecision(4)} multiply-accumulates cannot be counted`);
  const zeros = mostPadding(problem);
  if (zeros > MAX_PADDING)
    throw cellError(
      row,
      'padding',
      `${zeros} rows or columns of padding on one side; at most ${MAX_PADDING} are modelled`,
      'is the input as large as the outputs and the filter say?',
    );
  return problem;
}

function wholeNumber(cell: unknown): number | undefined {
  return typeof cell === 'number' && Number.isSafeInteger(cell) && cell >= 1 ? cell : undefined;
}

function readBounds(cell: unknown): readonly number[] | undefined {
  if (!Array.isArray(cell) || cell.length !== ROW_DIMS.length) return undefined;
  const bounds = cell.map(wholeNumber);
  return bounds.every((bound) => bound !== undefined) ? bounds : undefined;
}

function readPadding(cell: unknown): readonly [number, number] | null | undefined {
  if (cell === null) return null;
  if (!Array.isArray(cell) || cell.length !== 2) return undefined;
  const [zeros, size] = [cell[0] === 0 ? 0 : wholeNumber(cell[0]), wholeNumber(cell[1])];
  return zeros === undefined || size === undefined ? undefined : [zeros, size];
}

function readLoops(cell: unknown): readonly TemporalLoop[] | undefined {
  if (cell === '') return [];
  if (typeof cell !== 'string') return undefined;
  const loops: TemporalLoop[] = [];
  for (const word of cell.split(' ')) {
    const [, dim, bound] = /^([KCPQRS])([1-9]\d{0,14})$/.exec(word) ?? [];
    if (bound === undefined) return undefined;
    loops.push({ dim: dim as Dim, bound: Number(bound) });
  }
  return loops;
}
