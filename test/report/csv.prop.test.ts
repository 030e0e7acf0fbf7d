import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, toCsv } from '../../src/report/csv.ts';
import { reportModel } from '../../src/report/report-model.ts';
import { csvFiles } from '../../src/report/run-csv.ts';
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

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(',', '"', '\r', '\n', ' ', 'a', ';'), maxLength: 12 }),
);
const cell = fc.oneof(text, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));

describe('CSV', () => {
  it('comes back from a reader as it went in', () => {
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
        const shown = (value: Cell) => (value === null ? '' : String(value));
        expect(parseCsv(toCsv(header, rows))).toEqual([header, ...rows.map((row) => row.map(shown))]);
      }),
    );
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
    ).toEqual(model.layers.map((layer) => [layer.network, layer.name, layer.cycles, layer.energyPj]));
    expect(layers.map((row) => row.at(-1))).toEqual(model.layers.map(({ loopNest }) => loopNest));
    const trials = parseCsv(files['trials.csv']!).slice(1);
    expect(trials).toHaveLength(256);
    expect(trials.map((row) => (row[3] === '' ? undefined : Number(row[3])))).toEqual(
      model.trials.map(({ score }) => score),
    );
    const energy = parseCsv(files['energy.csv']!).slice(1);
    const first = energy.filter((row) => row[1] === model.layers[0]!.name && row[2] === 'level');
    expect(first.map((row) => Number(row[4]))).toEqual(
      model.layers[0]!.energyByLevelPj.map(({ energyPj }) => energyPj),
    );
  });
});
