import { shortenedText, textColumns, wrappedText } from '../../../util/text-columns.ts';

/** A column of a table with the texts of its cells, the title apart. */
export interface LaidColumn {
  readonly title: string;
  readonly cells: readonly string[];
  readonly align: 'left' | 'right';
  /** Whether long cells may lose their middle, as far as they can still be told apart. */
  readonly holdsNames: boolean;
  /** Whether it is read together with the column before it. */
  readonly staysBeside: boolean;
}

const GAP = 2;
/** Columns of a terminal that names take at most where that tells them apart. */
const NAME_COLUMNS = 32;
/** Columns of a terminal that names take at least. */
const SHORTEST_NAME = 12;
/** Columns of a terminal from which on a text can be read in lines. */
const WRAPPED_COLUMNS = 24;

/**
 * The parts that a table falls into so that none is wider than `width` columns, each with the widths of its columns: one part where all columns
 * fit, if need be with shorter names or texts in several lines; else several with the first columns in each, so that every line says what it is of.
 */
export function layOut(columns: readonly LaidColumn[], width: number): readonly (readonly SizedColumn[])[] {
  const asGiven = withNames(columns, NAME_COLUMNS);
  const together = fitted(asGiven, width) ?? withWrappedTexts(asGiven, width);
  return together === null ? inParts(asGiven, width) : [together];
}

/** A column with the width of its lines, from which longer cells are wrapped. */
export interface SizedColumn extends LaidColumn {
  readonly width: number;
}

function totalOf(columns: readonly SizedColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width, GAP * (columns.length - 1));
}

function withShortNames(columns: readonly LaidColumn[], width: number): SizedColumn[] | null {
  for (let most = NAME_COLUMNS - 1; most >= SHORTEST_NAME; most--) {
    const shorter = withNames(columns, most);
    if (totalOf(shorter) <= width) return shorter;
  }
  return null;
}

/** All columns beside one another with long texts in several lines; null where these became too narrow to read. */
function withWrappedTexts(columns: readonly SizedColumn[], width: number): SizedColumn[] | null {
  const isText = ({ align, holdsNames, width: own }: SizedColumn) =>
    align === 'left' && !holdsNames && own > WRAPPED_COLUMNS;
  const texts = columns.filter(isText);
  const least = totalOf(columns.map((column) => (isText(column) ? { ...column, width: WRAPPED_COLUMNS } : column)));
  return texts.length > 0 && least <= width ? wrapped(columns, width) : null;
}

/** Columns of which the widest give way until all fit; those of numbers and names last. */
function wrapped(columns: readonly SizedColumn[], width: number): SizedColumn[] {
  const widths = columns.map((column) => column.width);
  const isNarrowable = [
    (i: number) => columns[i]!.align === 'left' && !columns[i]!.holdsNames && widths[i]! > WRAPPED_COLUMNS,
    (i: number) => widths[i]! > SHORTEST_NAME,
    (i: number) => widths[i]! > 2,
  ];
  let over = totalOf(columns) - width;
  for (const mayGive of isNarrowable)
    while (over > 0) {
      const giving = columns.map((_, i) => i).filter(mayGive);
      if (giving.length === 0) break;
      const widest = giving.reduce((most, i) => (widths[i]! > widths[most]! ? i : most));
      widths[widest] = widths[widest]! - 1;
      over--;
    }
  return columns.map((column, i) => ({ ...column, width: widths[i]! }));
}

/**
 * Parts one below the other: each has the first columns, which say what a row is of, and as many further groups as fit. Where a group does not
 * fit, its columns part; where one alone does not, its cells are broken.
 */
function inParts(columns: readonly SizedColumn[], width: number): SizedColumn[][] {
  const [key, ...groups] = groupsOf(columns);
  const parts: SizedColumn[][] = [];
  for (const group of groups.flatMap((one) => (fitted([...key!, ...one], width) === null ? parted(one) : [one]))) {
    const last = parts.at(-1);
    if (last !== undefined && totalOf([...last, ...group]) <= width) last.push(...group);
    else parts.push([...key!, ...group]);
  }
  return (parts.length === 0 ? [[...key!]] : parts).flatMap((part) => {
    const narrow = [...(fitted(part, width) ?? wrapped(part, width))];
    return totalOf(narrow) <= width || part.length <= 2 ? [narrow] : inParts(parted(part).flat(), width);
  });
}

/** Columns that nothing holds beside one another. */
function parted(columns: readonly SizedColumn[]): SizedColumn[][] {
  return columns.map((column) => [{ ...column, staysBeside: false }]);
}

/** Columns with names short enough for all to fit; null where none are. */
function fitted(columns: readonly SizedColumn[], width: number): readonly SizedColumn[] | null {
  return totalOf(columns) <= width ? columns : withShortNames(columns, width);
}

function groupsOf(columns: readonly SizedColumn[]): SizedColumn[][] {
  const groups: SizedColumn[][] = [];
  for (const column of columns) {
    if (column.staysBeside && groups.length > 0) groups.at(-1)!.push(column);
    else groups.push([column]);
  }
  return groups;
}

function withNames(columns: readonly LaidColumn[], most: number): SizedColumn[] {
  return columns.map((column) => {
    const cells = column.holdsNames ? shortNames(column.cells, most) : column.cells;
    return { ...column, cells, width: Math.max(...[column.title, ...cells].map(textColumns)) };
  });
}

function shortNames(given: readonly string[], columns: number): readonly string[] {
  const distinct = [...new Set(given)];
  for (let most = columns; distinct.some((name) => textColumns(name) > most); most += 8)
    if (new Set(distinct.map((name) => shortenedText(name, most))).size === distinct.length)
      return given.map((name) => shortenedText(name, most));
  return given;
}

/** The lines of one cell. */
export function cellLines(cell: string, { width }: SizedColumn): readonly string[] {
  return textColumns(cell) <= width ? [cell] : wrappedText(cell, width);
}
