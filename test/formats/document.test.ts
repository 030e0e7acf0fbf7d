import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { errorAt, parseDocument, readWith } from '../../src/formats/document/document.ts';
import { describeError } from '../../src/util/errors.ts';
import { errorOf } from './errors.ts';

type Tree = number | string | Tree[] | { [key: string]: Tree };

const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 3 });
const { tree } = fc.letrec<{ tree: Tree; leaf: number | string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
  leaf: fc.oneof(
    fc.nat(10_000),
    fc.nat(99).map((n) => `word${n}`),
  ),
}));
const style = fc.record({
  collectionStyle: fc.constantFrom('any', 'flow', 'block'),
  indent: fc.constantFrom(2, 4),
  flowCollectionPadding: fc.boolean(),
});

function* leavesOf(value: Tree, path: (string | number)[] = []): Generator<[(string | number)[], string]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leavesOf(item, [...path, index]);
  else if (typeof value === 'object')
    for (const [name, item] of Object.entries(value)) yield* leavesOf(item, [...path, name]);
  else yield [path, String(value)];
}

function textAt(text: string, place: { line?: number; column?: number }): string {
  return text.split('\n')[place.line! - 1]!.slice(place.column! - 1);
}

describe('parseDocument', () => {
  it('gives the data and the place of every value and key, in block and flow style', () => {
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1 }), style, (data, { collectionStyle, ...options }) => {
        const text = stringify(data, { ...options, collectionStyle: collectionStyle as 'any' | 'flow' | 'block' });
        const document = parseDocument(text, 'x.yaml');
        expect(document.data).toEqual(data);
        for (const [path, leaf] of leavesOf(data)) {
          expect(textAt(text, document.placeOf(path)).startsWith(leaf)).toBe(true);
          const last = path.at(-1)!;
          if (typeof last === 'string') expect(textAt(text, document.placeOf(path, 'key')).startsWith(last)).toBe(true);
        }
      }),
    );
  });

  it('puts a value that does not exist on its nearest ancestor', () => {
    const document = parseDocument('a:\n  b: {c: 1}\n', 'x.yaml');
    expect(document.placeOf(['a', 'b', 'd', 'e'])).toEqual({ file: 'x.yaml', line: 2, column: 6 });
    expect(document.placeOf([])).toEqual({ file: 'x.yaml', line: 1, column: 1 });
    expect(parseDocument('', 'x.yaml').placeOf(['a'])).toEqual({ file: 'x.yaml', line: 1, column: 1 });
  });

  it('follows aliases', () => {
    const document = parseDocument('a: &here {size: 3}\nb: *here\n', 'x.yaml');
    expect(document.data).toEqual({ a: { size: 3 }, b: { size: 3 } });
    expect(document.placeOf(['b', 'size'])).toMatchObject({ line: 1, column: 17 });
  });

  it.each([
    ['a: 1\nb: [', 2, undefined],
    ['a: 1\nb: 2\na: 3\n', 3, 'this key appears twice in one map'],
    ['a: {b: 1, b: 2}\n', 1, 'this key appears twice in one map'],
    ['a: 1\n---\nb: 2\n', 2, 'a second document starts here'],
    ['a: 1\nb: !secret 2\n', 2, undefined],
    ['a: 1\n\tb: 2\n', 2, undefined],
    ['a: *nowhere\n', 1, undefined],
  ])('refuses %j', (text, line, message) => {
    const error = errorOf(() => parseDocument(text, 'x.yaml'));
    expect(error.code).toBe('syntax');
    expect(error.details.place).toMatchObject({ file: 'x.yaml', line });
    if (message !== undefined) expect(error.message).toBe(message);
  });

  it('refuses aliases that expand without bound', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
    expect(errorOf(() => parseDocument(['a0: &a0 x', ...levels].join('\n'), 'x.yaml')).code).toBe('syntax');
  });
});

const schema = z.strictObject({
  name: z.string(),
  mode: z.enum(['fast', 'exact']).optional(),
  levels: z
    .array(z.strictObject({ size: z.int().min(1), shape: z.union([z.int(), z.tuple([z.int(), z.int()])]).optional() }))
    .optional(),
});
const fail = (text: string) => errorOf(() => readWith(schema, parseDocument(text, 'x.yaml')));

describe('readWith', () => {
  it('returns what the schema gives', () => {
    expect(readWith(schema, parseDocument('{name: n, levels: [{size: 2}]}', 'x.yaml'))).toEqual({
      name: 'n',
      levels: [{ size: 2 }],
    });
  });

  it.each([
    ['name: n\nlevels:\n  - size: 0\n', 3, 11, 'levels.0.size', 'must be at least 1, not 0'],
    ['name: n\nlevels:\n  - size: 1.5\n', 3, 11, 'levels.0.size', 'must be a whole number, not 1.5'],
    ['name: n\nlevels:\n  - size: big\n', 3, 11, 'levels.0.size', "must be a number, not 'big'"],
    ['name: n\nlevels:\n  - {}\n', 3, 5, 'levels.0.size', "'size' is missing"],
    ['name: n\nlevels: 3\n', 2, 9, 'levels', 'must be a list, not 3'],
    ['name:\n', 1, 6, 'name', 'must be text, not empty'],
    ['name: n\nmode: fats\n', 2, 7, 'mode', "must be fast or exact, not 'fats'"],
    ['name: n\nlevels: [{size: 1, shape: [1, x]}]\n', 2, 31, 'levels.0.shape.1', "must be a number, not 'x'"],
    ['name: n\nlevels: [{size: 1, shape: x}]\n', 2, 27, 'levels.0.shape', "must be a number or a list, not 'x'"],
    ['name: n\nlevels: [{size: 1, sizes: 2}]\n', 2, 20, 'levels.0.sizes', "unknown key 'sizes'"],
    ['- 1\n', 1, 1, undefined, 'must be a map, not a list'],
    ['', 1, 1, undefined, 'must be a map, not empty'],
  ])('refuses %j', (text, line, column, keyPath, message) => {
    const error = fail(text);
    expect(error.message).toBe(message);
    expect(error.details.place).toEqual({ file: 'x.yaml', line, column });
    expect(error.details.keyPath).toBe(keyPath);
    expect(error.code).toBe('schema');
  });

  it('hints at the nearest known key and word', () => {
    expect(fail('name: n\nmoed: fast\n').details.hint).toBe("did you mean 'mode'?");
    expect(fail('name: n\nmode: fats\n').details.hint).toBe("did you mean 'fast'?");
  });

  it('finds a key that does not belong wherever it is put', () => {
    const place = fc.record({ level: fc.nat(3), extra: fc.constantFrom('zeta', 'omega'), flow: fc.boolean() });
    fc.assert(
      fc.property(place, fc.array(fc.nat(50), { minLength: 4, maxLength: 4 }), ({ level, extra, flow }, sizes) => {
        const levels = sizes.map((size, i) => ({ size: size + 1, ...(i === level ? { [extra]: 7 } : {}) }));
        const text = stringify({ name: 'n', levels }, { collectionStyle: flow ? 'flow' : 'block' });
        const error = fail(text);
        expect(error.details.keyPath).toBe(`levels.${level}.${extra}`);
        expect(textAt(text, error.details.place!).startsWith(extra)).toBe(true);
      }),
    );
  });

  it('lists several problems in the order of the file, five at most, with the place of each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), (count) => {
        const text = `name: n\nlevels:\n${'  - size: -1\n'.repeat(count)}`;
        const error = fail(text);
        const lines = error.message.split('\n');
        expect(lines[0]).toBe(`${count} problems:`);
        const shown = lines.filter((line) => line.includes('must be'));
        expect(shown.map((line) => Number(/^ +(\d+):/.exec(line)?.[1]))).toEqual(
          Array.from({ length: Math.min(5, count) }, (_, i) => i + 3),
        );
        expect(lines.length).toBe(count > 5 ? 7 : count + 1);
        expect(error.details.place).toEqual({ file: 'x.yaml', line: 3, column: 11 });
      }),
    );
  });

  it('begins with the first problem of the file, not of the schema', () => {
    const error = fail('moed: fast\nname: 3\n');
    expect(error.message).toBe(
      "2 problems:\n  1:1 moed: unknown key 'moed' (did you mean 'mode'?)\n  2:7 name: must be text, not 3",
    );
    expect(error.details.place).toEqual({ file: 'x.yaml', line: 1, column: 1 });
  });

  it('reads as text with position, key and hint', () => {
    expect(describeError(fail('name: n\nmoed: fast\n'))).toBe(
      "x.yaml:2:1: unknown key 'moed' [schema]\n  at key: moed\n  hint: did you mean 'mode'?",
    );
  });

  it('takes hint and code from a custom issue', () => {
    const custom = z.strictObject({
      a: z.number().check((context) => {
        context.issues.push({
          code: 'custom',
          message: 'is odd\ndouble it',
          params: { code: 'value' },
          input: context.value,
        });
      }),
    });
    const error = errorOf(() => readWith(custom, parseDocument('a: 3', 'x.yaml')));
    expect([error.code, error.message, error.details.hint]).toEqual(['value', 'is odd', 'double it']);
  });

  it('names the known kinds of a discriminated union', () => {
    const kinds = z.strictObject({
      item: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('conv') }),
        z.strictObject({ kind: z.literal('pool') }),
      ]),
    });
    const wrong = errorOf(() => readWith(kinds, parseDocument('item: {kind: cnov}', 'x.yaml')));
    expect(wrong.message).toBe("unknown kind 'cnov'");
    expect(wrong.details).toMatchObject({
      keyPath: 'item.kind',
      hint: "did you mean 'conv'?",
      place: { line: 1, column: 14 },
    });
    const missing = errorOf(() => readWith(kinds, parseDocument('item: {}', 'x.yaml')));
    expect(missing.message).toBe("'kind' is missing");
    expect(missing.details.hint).toBe('known are conv, pool');
    const typo = errorOf(() => readWith(kinds, parseDocument('item: {knd: conv}', 'x.yaml')));
    expect(typo.details.hint).toBe("did you mean 'kind' where it says 'knd'?");
  });
});

describe('errorAt', () => {
  it('has the place and key path of the value', () => {
    const document = parseDocument('layers:\n  - {kernel: 9}\n', 'x.yaml');
    const error = errorAt(document, ['layers', 0, 'kernel'], 'value', 'is too large', 'use 3');
    expect(error.details).toEqual({
      place: { file: 'x.yaml', line: 2, column: 14 },
      keyPath: 'layers.0.kernel',
      hint: 'use 3',
    });
    expect(errorAt(document, [], 'value', 'm').details).toEqual({ place: { file: 'x.yaml', line: 1, column: 1 } });
  });
});
