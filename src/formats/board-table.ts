import { z } from 'zod';
import { errorAt, readWith } from './document/document.ts';
import { parseJson } from './document/json-document.ts';
import { longList } from './document/long-list.ts';
import { checkRowLength } from './document/row-length.ts';

/** A network of a table of measured boards. */
export interface MeasuredNetwork {
  /** Digits of its genes, one per stage. */
  readonly genes: Readonly<Record<'e' | 'k' | 'l' | 'se', readonly number[]>>;
  /** By column; null where nothing was measured. */
  readonly figures: Readonly<Record<string, number | null>>;
}

/** Expansions, kernels, blocks and squeeze-and-excitation of the seven stages of a network, by the letters of its genes. */
const GENES = [
  { gene: 'e', form: /^[146]{7}$/, wanted: 'seven digits 1, 4 or 6' },
  { gene: 'k', form: /^[35]{7}$/, wanted: 'seven digits 3 or 5' },
  { gene: 'l', form: /^[1-3]{5}[1-4][1-3]$/, wanted: 'seven digits 1 to 3, the sixth up to 4' },
  { gene: 'se', form: /^[01]{7}$/, wanted: 'seven digits 0 or 1' },
] as const;

const schema = z.object({
  source: z.string(),
  columns: z.array(z.string()),
  rows: longList(z.array(z.union([z.string(), z.number(), z.null()])), 1),
});

/** A table of networks with what boards were measured to need. */
export interface BoardTable {
  readonly source: string;
  readonly networks: readonly MeasuredNetwork[];
}

/**
 * Reads columns of measured figures of an Accel-NASBench table (`columns`, `rows`; genes in `e7`, `k7`, `l7`, `se7`).
 * @throws TrifoldError `syntax`, `schema` or `value` with the place, also for a column that the table does not have
 */
export function parseBoardTable(text: string, file: string, columns: readonly string[]): BoardTable {
  const document = parseJson(text, file);
  const data = readWith(schema, document);
  const placeOf = (column: string): number => {
    const place = data.columns.indexOf(column);
    if (place >= 0) return place;
    throw errorAt(
      document,
      ['columns'],
      'value',
      `there is no column '${column}'`,
      'the table of Accel-NASBench with measured latencies and throughputs is wanted',
    );
  };
  const genePlaces = GENES.map(({ gene }) => placeOf(`${gene}7`));
  const figurePlaces = columns.map(placeOf);
  const networks = data.rows.map((row, i): MeasuredNetwork => {
    checkRowLength(document, { index: i, cells: row, columns: data.columns });
    const digits = genePlaces.map((place, g) => {
      const cell = row[place];
      const { form, wanted } = GENES[g]!;
      if (typeof cell === 'string' && form.test(cell)) return [...cell].map(Number);
      throw errorAt(document, ['rows', i, place], 'value', `${data.columns[place]} must be ${wanted}`);
    });
    const figures = figurePlaces.map((place) => {
      const cell = row[place] ?? null;
      if (cell === null || (typeof cell === 'number' && cell > 0)) return cell;
      throw errorAt(document, ['rows', i, place], 'value', `${data.columns[place]} must be a number above 0, or null`);
    });
    return {
      genes: { e: digits[0]!, k: digits[1]!, l: digits[2]!, se: digits[3]! },
      figures: Object.fromEntries(columns.map((column, c) => [column, figures[c]!])),
    };
  });
  return { source: data.source, networks };
}
