import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { parseAccuracyTable } from '../../src/formats/accuracy-table.ts';
import { parseDocument, readWith } from '../../src/formats/document/document.ts';
import { parseJson } from '../../src/formats/document/json-document.ts';
import { DOCUMENT_LIMITS, type DocumentLimit, overLimit } from '../../src/formats/document/limits.ts';
import { mapperRecordFileSchema, recordArchitectureSchema, recordFileSchema } from '../../src/formats/record-schema.ts';
import { workloadSchema } from '../../src/formats/workload/workload-schema.ts';
import { errorOf } from './errors.ts';

const yaml = (text: string) => errorOf(() => parseDocument(text, 'x.yaml'));
const json = (text: string) => errorOf(() => parseJson(text, 'x.json'));
const items = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => item(i)).join('');

describe('limits of a YAML file', () => {
  it.each<[string, string, RegExp, number | undefined]>([
    ['bytes', `a: [${'1,'.repeat(DOCUMENT_LIMITS.yamlBytes / 2)}]`, /more than 8 MiB/, undefined],
    [
      'aliases',
      `a: &a x\nl:\n${'- *a\n'.repeat(DOCUMENT_LIMITS.aliases)}`,
      /more than 2,000 anchors and aliases/,
      2002,
    ],
    ['anchors', items(DOCUMENT_LIMITS.aliases + 1, (i) => `- &a${i} x\n`), /more than 2,000 anchors and aliases/, 2001],
    ['keys', items(DOCUMENT_LIMITS.mapKeys + 2, (i) => `k${i}: 1\n`), /map has more than 10,000 keys/, 1],
    ['keys in flow', `{${items(DOCUMENT_LIMITS.mapKeys + 2, (i) => `k${i}: 1,`)}}`, /map has more than 10,000 keys/, 1],
    ['entries', `a:\n${'- 1\n'.repeat(DOCUMENT_LIMITS.listEntries + 2)}`, /list has more than 20,000 entries/, 2],
    ['entries in flow', `[${'1,'.repeat(DOCUMENT_LIMITS.listEntries + 2)}]`, /list has more than 20,000 entries/, 1],
    ['nesting in flow', '['.repeat(100_000), /nested more than 64 deep/, 1],
    ['nesting of maps', '{a: '.repeat(100_000), /nested more than 64 deep/, 1],
    ['nesting of lists', '- '.repeat(100_000), /nested more than 64 deep/, 1],
    ['nesting of keys', '? '.repeat(100_000), /nested more than 64 deep/, 1],
    ['a text', `a: ${'x'.repeat(DOCUMENT_LIMITS.textCharacters + 1)}`, /text has more than 100,000 characters/, 1],
    ['a block of text', `a: |\n${'  x\n'.repeat(30_000)}`, /text has more than 100,000 characters/, 2],
    ['a key', `? ${'x'.repeat(DOCUMENT_LIMITS.keyCharacters + 1)}\n: 1`, /key has more than 1,000 characters/, 1],
  ])('refuses too much: %s', (_, text, message, line) => {
    const error = yaml(text);
    expect([error.code, error.message]).toEqual(['syntax', expect.stringMatching(message)]);
    expect(error.details.place?.line).toBe(line);
    expect(error.details.hint).toBeDefined();
  });

  it('counts what aliases repeat', () => {
    const levels = (count: number) =>
      items(count, (i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]\n`);
    expect(yaml(`a0: &a0 x\n${levels(6)}`).message).toMatch(/more than 400,000 values, repeated ones counted/);
    expect(parseDocument(`a0: &a0 x\n${levels(2)}`, 'x.yaml').data).toMatchObject({
      a2: Array(10).fill(Array(10).fill('x')),
    });
  });

  it.each<[string, DocumentLimit, (count: number) => string]>([
    ['lists in flow', 'nesting', (count) => `${'['.repeat(count)}${']'.repeat(count)}`],
    ['maps in flow', 'nesting', (count) => `${'{a: '.repeat(count)}${'}'.repeat(count)}`],
    ['lists', 'nesting', (count) => `${'- '.repeat(count)}x`],
    ['maps', 'nesting', (count) => items(count, (i) => `${' '.repeat(i)}a:\n`)],
    ['keys in flow', 'mapKeys', (count) => `{${items(count, (i) => `k${i}: 1,`)}}`],
    ['entries in flow', 'listEntries', (count) => `[${'1,'.repeat(count)}]`],
    // Without a comma at the end the parser itself sees no entry too many.
    ['keys that end', 'mapKeys', (count) => `{${items(count - 1, (i) => `k${i}: 1,`)}z: 1}`],
    ['entries that end', 'listEntries', (count) => `[${'1,'.repeat(count - 1)}1]`],
    ['a key', 'keyCharacters', (count) => `${'x'.repeat(count)}: 1`],
    ['a text', 'textCharacters', (count) => `a: ${'x'.repeat(count)}`],
    ['aliases', 'aliases', (count) => `a: &a x\nl:\n${'- *a\n'.repeat(count - 1)}`],
  ])('takes as much as the limit says, and not one more: %s', (_, limit, text) => {
    expect(() => parseDocument(text(DOCUMENT_LIMITS[limit]), 'x.yaml')).not.toThrow();
    const place = { file: 'x.yaml' };
    expect(yaml(text(DOCUMENT_LIMITS[limit] + 1)).message).toContain(overLimit(limit, place).message.split('\n')[0]);
  });

  it('says the column of what is too much, whatever stands before it in its line', () => {
    const before = '{\'a b\': &a "x\\n", é: [ x y ], l: [';
    const { place } = yaml(`# first\n${before}${'*a,'.repeat(DOCUMENT_LIMITS.aliases)}]}`).details;
    expect(place).toEqual({ file: 'x.yaml', line: 2, column: before.length + 3 * (DOCUMENT_LIMITS.aliases - 1) + 1 });
  });

  it('takes a whole file at the limits', () => {
    const list = parseDocument(`a: &a x\nl:\n${'- *a\n'.repeat(DOCUMENT_LIMITS.aliases - 1)}`, 'x.yaml');
    expect(list.data).toEqual({ a: 'x', l: Array(DOCUMENT_LIMITS.aliases - 1).fill('x') });
    const nested = `${'['.repeat(DOCUMENT_LIMITS.nesting)}${']'.repeat(DOCUMENT_LIMITS.nesting)}`;
    expect(JSON.stringify(parseDocument(nested, 'x.yaml').data)).toBe(nested);
  });

  it('says of the first problems what is wrong, not of all', () => {
    const document = parseDocument(`{${items(5000, (i) => `k${i}: 1,`)}}`, 'x.yaml');
    const { message } = errorOf(() => readWith(workloadSchema, document));
    expect(message).toMatch(/^at least 100\d problems:/);
    expect(message.split('\n')).toHaveLength(7);
  });

  it.each([
    ['a: &a [*a]', 'the alias *a stands within its own anchor', 8],
    ['a: *b\nb: &b 1', 'no anchor &b stands above this alias', 4],
    ['{1: a, "1": b}', 'this key appears twice in one map', 8],
    ['? [a, b]\n: 1', 'a map or list cannot be a key', 3],
    ['{__proto__: {x: 1}}', "unknown key '__proto__'", 2],
    ['] ] ]', 'Unexpected flow-seq-end token in YAML document', 1],
  ])('refuses %j', (text, message, column) => {
    const error = yaml(text);
    expect([error.message, error.details.place]).toEqual([message, { file: 'x.yaml', line: 1, column }]);
  });

  it('reads anchors of keys and aliases as keys, and leaves merge keys alone', () => {
    const { data, placeOf } = parseDocument('&k key: *k\nb: {<<: 1}\n', 'x.yaml');
    expect(data).toEqual({ key: 'key', b: { '<<': 1 } });
    expect(placeOf(['b', '<<'])).toMatchObject({ line: 2, column: 9 });
    const alias = parseDocument('a: &k key\n*k : {c: 3}\n', 'x.yaml');
    expect([alias.data, alias.placeOf(['key', 'c'])]).toEqual([
      { a: 'key', key: { c: 3 } },
      { file: 'x.yaml', line: 2, column: 10 },
    ]);
  });
});

describe('limits of a JSON file', () => {
  it.each<[string, string, RegExp, number | undefined]>([
    ['nesting', '['.repeat(1_000_000), /nested more than 64 deep/, 65],
    ['values', `[${'1,'.repeat(DOCUMENT_LIMITS.jsonValues)}1]`, /more than 10,000,000 values/, undefined],
    ['keys', '{"a": 1, "b": {"c": ":", "d": [":"], "\\u0063": 2}}', /appears twice/, 38],
    ['__proto__', '{"a": 1, "\\u005f_proto__": {"x": 1}}', /unknown key '__proto__'/, 10],
  ])('refuses too much: %s', (_, text, message, column) => {
    const error = json(text);
    expect(error.message).toMatch(message);
    expect(error.details.place?.column).toBe(column);
  });

  it('ends a table that is wrong throughout after a few rows', () => {
    const table = { ops: ['a'], edges: ['b'], columns: ['code'], rows: Array(50_000).fill([true]) };
    const { message } = errorOf(() => parseAccuracyTable(JSON.stringify(table), 'x.json'));
    expect(message).toMatch(/^10 problems:\n {2}1:\d+ rows.0.0: must be text or a number or null, not true\n/);
  });

  it.each<[string, z.ZodType, unknown]>([
    ['records', recordFileSchema, Array(2000).fill({ id: 1 })],
    ['mapper records', mapperRecordFileSchema, Array(2000).fill({ id: 1 })],
    ['levels of an architecture', recordArchitectureSchema, { levels: Array(2000).fill({}) }],
    ['levels of a mapping', recordFileSchema, [{ mapping: Array(2000).fill({}) }]],
    ['loops of a level', recordFileSchema, [{ mapping: [{ temporal: Array(2000).fill({}) }] }]],
  ])('ends a list that is wrong throughout after a few entries: %s', (_, schema, data) => {
    expect(schema.safeParse(data).error?.issues.length).toBeLessThan(200);
  });

  it.each<[string, object]>([
    ['a row', { rows: [Array(2000).fill({})] }],
    ['columns', { columns: Array(2000).fill(1), rows: [[1]] }],
    ['operations', { ops: Array(2000).fill(1), rows: [[1]] }],
  ])('ends a part of a table that is wrong throughout: %s', (_, part) => {
    const table = { ops: ['none'], edges: ['0->1'], columns: ['code'], ...part };
    const { message } = errorOf(() => parseAccuracyTable(JSON.stringify(table), 'x.json'));
    expect(message).toMatch(/^10 problems/);
  });

  it('refuses a table of more networks than NAS-Bench-Macro has', () => {
    const table = `{"00000000": 1, ${items(6561, (i) => `"k${i}": 1,`)} "x": 1}`;
    expect(errorOf(() => parseAccuracyTable(table, 'x.json')).message).toMatch(
      /has 6563 networks, NAS-Bench-Macro 6561/,
    );
  });
});
