import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DosaValidation, validateDosaRows } from '../../../src/app/validate/dosa-rows.ts';
import { recordFileText } from '../../../src/cli/text/validate/records-text.ts';
import { TEMPORAL_REUSES } from '../../../src/cost/temporal-reuse.ts';
import { parseJson } from '../../../src/formats/document/json-document.ts';

const GOLDEN = readFileSync(resolve(import.meta.dirname, '../../golden/dosa-rows.json'), 'utf8');
const SHARED = resolve(import.meta.dirname, '../../../../shared/oracle/dosa/dev.json');

interface Table {
  layers: number[][];
  archs: number[][];
  rows: [number, number, string, number, number][];
  columns?: Record<string, string>;
}

/** The rows by the rule of 2023, or by others, after a change of the table. */
function validated(change: (table: Table) => unknown = () => {}, rules = TEMPORAL_REUSES.slice(-1)): DosaValidation {
  const table: Table = JSON.parse(GOLDEN);
  change(table);
  return validateDosaRows(parseJson(JSON.stringify(table), 'rows.json'), rules);
}

describe("rows of DOSA's data set", () => {
  it('have, by the rule of 2023, cycles within one and energies to six digits', () => {
    const { rows, rules, unexplained } = validated();
    expect(unexplained).toEqual([]);
    expect(rows).toBe(13);
    const [{ cyclesEqual, cyclesWithinOne, energyWithin, worstEnergy }] = rules as [(typeof rules)[0]];
    expect([cyclesEqual, cyclesWithinOne, energyWithin]).toEqual([11, 13, 13]);
    expect(Math.abs(worstEnergy)).toBeLessThan(2e-6);
  });

  it.skipIf(!existsSync(SHARED))('do so in a fifth of a file, most of them to the cycle', () => {
    const table: Table = JSON.parse(readFileSync(SHARED, 'utf8'));
    const text = JSON.stringify({ ...table, rows: table.rows.filter((_, index) => index % 5 === 0) });
    const { rows, rules, unexplained } = validateDosaRows(parseJson(text, SHARED), TEMPORAL_REUSES.slice(-1));
    expect(unexplained).toEqual([]);
    expect(rows).toBeGreaterThan(500);
    expect(rules[0]!.cyclesEqual / rows).toBeGreaterThan(0.96);
    expect(Math.abs(rules[0]!.worstEnergy)).toBeLessThan(1e-5);
  });

  it('are named where no rule explains them, with both figures, or why they cannot run', () => {
    const { unexplained, rules } = validated(({ rows, archs }) => {
      rows[0]![3] += 2;
      rows[1]![4] *= 1.0011;
      rows[3]![3] += 1;
      archs.push([16, 1, 1, 32, 2]);
      rows[4]![1] = archs.length - 1;
    });
    expect(unexplained.map(({ id, model }) => [id, model === null])).toEqual([
      ['rows.0', false],
      ['rows.1', false],
      ['rows.4', true],
    ]);
    expect(rules[0]).toMatchObject({ cyclesEqual: 8, cyclesWithinOne: 11, energyWithin: 11 });
    const text = recordFileText({ kind: 'rows', result: { rows: 13, rules, unexplained } });
    expect(text).toContain('rows.0  1 512 1024 14 14 1 1 1 1 1 1 on dosa-16, L3[WIO] Q2 P7 K512');
    expect(text).toMatch(/102,760,450 cycles, here 102,760,448; 2848\.1288 uJ, here 2848\.1288/);
    expect(text).toMatch(/rows\.4 .*cannot run: .*L2/);
    expect(text).toMatch(/not explained.*: 3$/m);
  });

  it('count as explained where one of several rules does it', () => {
    const { rules, unexplained } = validated(() => {}, [...TEMPORAL_REUSES]);
    expect(rules.map(({ rule }) => rule)).toEqual(TEMPORAL_REUSES);
    expect(unexplained).toEqual([]);
    expect(validated(() => {}, ['timeloop-2023', 'timeloop']).unexplained).toEqual([]);
    expect(validated(() => {}, ['timeloop']).unexplained.length).toBeGreaterThan(4);
  });

  it.each<[string, (table: Table) => unknown, RegExp]>([
    [
      'another order of columns',
      ({ columns }) => Object.assign(columns!, { rows: 'arch layer' }),
      /must be layer arch mapping/,
    ],
    ['a layer that is not there', ({ rows }) => Object.assign(rows[0]!, { 0: 99 }), /no entry of layers 99/],
    ['an array that is not there', ({ rows }) => Object.assign(rows[0]!, { 1: 99 }), /no entry of archs 99/],
    ['a level too few', ({ rows }) => Object.assign(rows[0]!, { 2: 'L3[WIO] N1' }), /1 of 4 levels/],
    ['a level of others', ({ rows }) => Object.assign(rows[0]!, { 2: rows[0]![2].replace('[WI]', '[W]') }), /L2\[W\]/],
    [
      'a word that is no loop',
      ({ rows }) => Object.assign(rows[0]!, { 2: rows[0]![2].replace('Q2', 'Z2') }),
      /'Z2' is no loop/,
    ],
    [
      'a dim twice',
      ({ rows }) => Object.assign(rows[0]!, { 2: rows[0]![2].replace('Q2 ', 'P2 ') }),
      /two loops of a kind/,
    ],
    ['an uncountable layer', ({ layers }) => layers[0]!.fill(1e6, 0, 7), /cannot be counted/],
    ['an endless stride', ({ layers }) => layers[0]!.fill(2 ** 53 - 1, 7, 8), /positions of its inputs/],
    ['a port that never moves a word', ({ archs }) => archs[0]!.fill(1e-300, 3, 4), /at least/],
    ['a size of none', ({ archs }) => Object.assign(archs[0]!, { 0: 0 }), /at least 1/],
  ])('are refused with a place: %s', (_, change, message) => {
    expect(() => validated(change)).toThrow(message);
    try {
      validated(change);
    } catch (error) {
      expect(error).toMatchObject({ details: { place: { file: 'rows.json', line: 1 } } });
    }
  });

  it('may leave out what their columns mean', () => {
    expect(validated((table) => delete table.columns).unexplained).toEqual([]);
  });
});
