import { z } from 'zod';
import type { TemporalLoop } from '../mapping/mapping.ts';
import type { SourcePlace } from '../util/errors.ts';
import { MAX_PADDING, macCount, makeProblem, mostPadding, type Problem, problemKey } from '../workload/problem.ts';
import { type Document, errorAt, readWith } from './document/document.ts';
import { parseJson } from './document/json-document.ts';
import { longList } from './document/long-list.ts';
import { checkRowLength } from './document/row-length.ts';
import {
  ROW_DIMS,
  readBounds,
  readCycles,
  readLoops,
  readMark,
  readName,
  readPadding,
  wholeNumber,
} from './rtl-cells.ts';

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
  /** No two of them say the same. */
  readonly rows: readonly RtlRow[];
  /** Further rows of the file that say what one of {@link rows} says. */
  readonly duplicates: number;
  /** Where the list of rows begins. */
  readonly place: SourcePlace;
}

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

const schema = z.strictObject({
  source: z.string(),
  columns: z.array(z.string()),
  rows: longList(z.array(z.unknown()), 1),
});

/** Reads one cell: its value, or what is wanted instead. */
type CellReader<T> = (cell: unknown) => T | undefined;

/**
 * Reads rows of measured cycles of layers on arrays of `mesh` x `mesh` (`columns`, `rows`).
 * Rows that say the same count once; a mapping may be measured several times, with other cycles and another id.
 * @param meshes that there are accelerators for
 * @throws TrifoldError `syntax`, `schema` or `value` with the place, also for a column that the file does not have, and for rows that contradict each other
 */
export function parseRtlRows(text: string, file: string, meshes: readonly number[]): RtlTable {
  const document = parseJson(text, file);
  const { source, columns, rows } = readWith(schema, document);
  const place = placesOf(document, columns);
  const cells = rows.map((row, index): RowCells => {
    checkRowLength(document, { index, cells: row, columns });
    return { document, cells: row, index, place };
  });
  const read = cells.map((row) => readRow(row, meshes));
  return { source, ...distinctRows(read, cells), place: document.placeOf(['rows']) };
}

/** Equal for rows of one mapping of one layer on one array. */
export function runKey({ mesh, problem, dramLoops, spatialK, spatialC, accumulatorLoops }: RtlRow): string {
  return JSON.stringify([mesh, problemKey(problem), dramLoops, spatialK, spatialC, accumulatorLoops]);
}

/** The rows without those that say again, under their id or another, what one before them says. */
function distinctRows(rows: readonly RtlRow[], cells: readonly RowCells[]): Pick<RtlTable, 'rows' | 'duplicates'> {
  const ofId = new Map<string, number>();
  const ofMeasurement = new Map<string, number>();
  const distinct = rows.filter((row, index) => {
    const key = runKey(row);
    const measurement = `${key}:${row.cycles}`;
    const before = ofId.get(row.id) ?? ofMeasurement.get(measurement);
    if (!ofId.has(row.id)) ofId.set(row.id, index);
    if (before === undefined) {
      ofMeasurement.set(measurement, index);
      return true;
    }
    const first = rows[before]!;
    const refuse = (column: keyof Places, what: string) =>
      cellError(
        cells[index]!,
        column,
        `row ${row.id} ${what} rows.${before}`,
        'take one of the two out; a mapping that was measured again has an id of its own',
      );
    if (runKey(first) !== key) throw refuse('id', 'is of another layer, array or mapping than the row of this id in');
    if (first.cycles !== row.cycles) throw refuse('cycles', `has ${row.cycles} cycles here, but ${first.cycles} in`);
    if (first.isAnomalous !== row.isAnomalous)
      throw refuse('anomaly', 'repeats, with another mark of anomaly, the measurement of');
    return false;
  });
  return { rows: distinct, duplicates: rows.length - distinct.length };
}

type Places = Readonly<Record<keyof typeof COLUMNS, number>>;

function placesOf(document: Document, columns: readonly string[]): Places {
  const placed = Object.entries(COLUMNS).map(([key, name]) => {
    const [place, second] = [...columns.keys()].filter((i) => isNamed(columns[i]!, name));
    if (second !== undefined)
      throw errorAt(
        document,
        ['columns', second],
        'value',
        `there is a second column '${name}'`,
        'take one of them out',
      );
    if (place !== undefined) return [key, place] as const;
    const hint = 'the columns of measured RTL rows are wanted: id, mesh, bounds KCPQRS, stride and others';
    throw errorAt(document, ['columns'], 'value', `there is no column '${name}'`, hint);
  });
  return Object.fromEntries(placed) as Places;
}

/** Whether a column is the one of a name: its form may follow, but no further letter. */
function isNamed(column: string, name: string): boolean {
  return column.startsWith(name) && /^(\W|$)/.test(column.slice(name.length));
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
    id: at('id', readName, 'a name'),
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
    cycles: at('cycles', readCycles, 'a number of at least 1 and below 2^53'),
    isAnomalous: at('anomaly', readMark, '0 or 1'),
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
