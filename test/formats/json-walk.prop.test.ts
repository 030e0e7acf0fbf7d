import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/formats/document/document.ts';
import { parseJson } from '../../src/formats/document/json-document.ts';
import { measureJson, walkJson } from '../../src/formats/document/json-walk.ts';
import { errorOf } from './errors.ts';

const nothing = () => {};
const faultOf = (text: string) => walkJson(text, { value: nothing, key: nothing, open: nothing, close: nothing });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON texts with one character put in, taken out or replaced. */
const damaged = fc
  .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', ...'{}[],:"\\ 01.-+eEtfnu\n\u0001x'), fc.boolean())
  .map(([text, at, sign, replaces]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + sign + text.slice(place + (replaces ? 1 : 0));
  });

describe('walkJson', () => {
  it('takes what JSON.parse takes, and nothing else', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        expect(faultOf(text) === null).toBe(isJson(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the end of the longest part that can be completed', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 2 }), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % text.length);
        // A number may end anywhere after a digit; all else that is cut off ends where it is cut.
        expect(isJson(cut) ? cut.length : faultOf(cut)).toBe(cut.length);
        expect(faultOf(`${text}]`)).toBe(text.length);
      }),
    );
  });

  it('measures the keys of all maps and never fewer values than there are', () => {
    const count = (value: unknown): [number, number] => {
      if (typeof value !== 'object' || value === null) return [0, 1];
      const inner = Object.values(value).map(count);
      const keys = Array.isArray(value) ? 0 : Object.keys(value).length;
      return [inner.reduce((sum, [k]) => sum + k, keys), inner.reduce((sum, [, v]) => sum + v, 1)];
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const measures = measureJson(JSON.stringify(value), 64);
        const [keys, values] = count(value);
        expect([measures.keys, measures.tooDeep]).toEqual([keys, null]);
        expect(measures.values).toBeGreaterThanOrEqual(values - 1);
      }),
    );
  });
});

describe('parseJson', () => {
  it('places values and keys where the parser of YAML places them', () => {
    const key = fc.constantFrom('a', 'b', 'c d', '"', 'é');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.nat(99),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 3 }),
      ),
    }));
    const path = fc.array(fc.oneof(key, fc.nat(3)), { maxLength: 4 });
    const part = fc.constantFrom('key' as const, 'value' as const);
    fc.assert(
      fc.property(tree, fc.array(fc.record({ path, part }), { minLength: 1, maxLength: 5 }), (data, wanted) => {
        const text = JSON.stringify(data, null, 1);
        const document = parseJson(text, 'x');
        const places = parseDocument(text, 'x').placesOf(wanted);
        expect(document.placesOf(wanted)).toEqual(places);
        expect(document.placeOf(wanted[0]!.path, wanted[0]!.part)).toEqual(places[0]);
      }),
    );
  });

  it('gives line and column of a fault', () => {
    expect(errorOf(() => parseJson('{"a": 1,\n "b": [1, 2,]}', 'x')).details.place).toEqual({
      file: 'x',
      line: 2,
      column: 13,
    });
    expect(errorOf(() => parseJson('{"a": "x', 'x')).details.place).toEqual({ file: 'x', line: 1, column: 9 });
  });
});
