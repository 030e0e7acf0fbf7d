import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, toCsv } from '../../src/report/csv.ts';
import { reportModel } from '../../src/report/report-model.ts';
import { csvFiles } from '../../src/report/run-csv.ts';
import { shownLines } from '../../src/util/shown-text.ts';
import { hiddenIn, hostileText } from '../util/hostile-text.ts';
import { syntheticInput } from './synthetic-input.ts';

/** A reader of RFC 4180 that knows nothing of the writer. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; ; at++) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[at++];
        else break;
      }
      at++;
    } else while (at < text.length && text[at] !== ',' && text[at] !== '\r') cell += text[at++];
    row.push(cell);
    if (text[at] === ',') at++;
    else {
      expect(text.slice(at, at + 2)).toBe('\r\n');
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

/** What a reader makes of a text cell: one apostrophe before it says that it is text. */
function withoutApostrophe(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

const text = fc.oneof(
  hostileText,
  fc.string({ unit: fc.constantFrom(',', '"', '\r', '\n', ' ', 'a', ';'), maxLength: 12 }),
);
const cell = fc.oneof(text, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));

describe('CSV', () => {
  it('comes back from a reader as it went in, but for what is shown as escapes', () => {
    const tables = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.tuple(
          fc.array(text, { minLength: width, maxLength: width }),
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }),
        ),
      );
    fc.assert(
      fc.property(tables, ([header, rows]) => {
        const shown = (value: Cell) => (value === null ? '' : shownLines(String(value)));
        const read = parseCsv(toCsv(header, rows));
        expect(read.map((row) => row.map(withoutApostrophe))).toEqual([
          header.map(shown),
          ...rows.map((row) => row.map(shown)),
        ]);
        expect(read.flat().flatMap(hiddenIn)).toEqual([]);
      }),
    );
  });

  it('starts no formula in a spreadsheet', () => {
    const formula = fc
      .tuple(
        fc.string({ unit: fc.constantFrom(' ', '"', '\t', '\n', '\u3000', '\u200b'), maxLength: 3 }),
        fc.constantFrom(...'=+-@\uff1d\uff0b\uff0d\uff20'),
        fc.constantFrom('cmd|x!A0', 'SUM(A1)', '1+1', 'a', ''),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(formula, (hostile) => {
        for (const row of parseCsv(toCsv([hostile], [[hostile]]))) expect(row[0]).toMatch(/^(?:'|[\s"]*\\)/);
      }),
    );
  });

  it('leaves numbers numbers, and keeps apostrophes of names', () => {
    const [, row] = parseCsv(toCsv([...'abcdefg'], [[-5, 1e-3, '-5', '+1.5e-3', "'=1", "it's", '1-2']]));
    expect(row).toEqual(['-5', '0.001', '-5', '+1.5e-3', "''=1", "it's", '1-2']);
  });

  it('keeps all digits of numbers', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(Number(parseCsv(toCsv(['x'], [[value]]))[1]![0])).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('refuses rows of another width', () => {
    expect(() => toCsv(['a', 'b'], [[1]])).toThrow(RangeError);
  });

  it('has the figures of a run', () => {
    const input = syntheticInput({ hostile: ' "x",\r\ny' });
    const model = reportModel(input);
    const files = csvFiles(model);
    expect(Object.keys(files)).toEqual(['summary.csv', 'layers.csv', 'energy.csv', 'trials.csv', 'front.csv']);
    const layers = parseCsv(files['layers.csv']!).slice(1);
    expect(
      layers.map(([network, name, , , cycles, energy]) => [network, name, Number(cycles), Number(energy)]),
    ).toEqual(
      model.layers.map((layer) => [shownLines(layer.network), shownLines(layer.name), layer.cycles, layer.energyPj]),
    );
    expect(layers.map((row) => row.at(-1))).toEqual(model.layers.map(({ loopNest }) => shownLines(loopNest)));
    const trials = parseCsv(files['trials.csv']!).slice(1);
    expect(trials).toHaveLength(256);
    expect(trials.map((row) => (row[3] === '' ? undefined : Number(row[3])))).toEqual(
      model.trials.map(({ score }) => score),
    );
    const energy = parseCsv(files['energy.csv']!).slice(1);
    const first = energy.filter((row) => row[1] === shownLines(model.layers[0]!.name) && row[2] === 'level');
    expect(first.map((row) => Number(row[4]))).toEqual(
      model.layers[0]!.energyByLevelPj.map(({ energyPj }) => energyPj),
    );
  });
});
