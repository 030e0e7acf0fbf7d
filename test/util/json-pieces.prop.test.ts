import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces } from '../../src/util/json-pieces.ts';

const leaf = fc.oneof(
  fc.constantFrom(undefined, null, Number.NaN, -0, new Date(0), { toJSON: () => ({ late: [1, 2] }) }),
  fc.string(),
  fc.constantFrom('a\nb', '"', '\u2028'),
  fc.double(),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
}));

describe('jsonPieces', () => {
  it('join to what JSON.stringify gives', () => {
    fc.assert(
      fc.property(value, fc.nat(5), (any, depth) => {
        fc.pre(any !== undefined);
        expect([...jsonPieces(any, depth)].join('')).toBe(JSON.stringify(any, null, 2));
      }),
    );
  });

  it('hold no more than one entry of a list two maps deep', () => {
    const layers = Array.from({ length: 100 }, (_, i) => ({ name: `l${i}` }));
    const longest = Math.max(...[...jsonPieces({ run: { layers } })].map((piece) => piece.length));
    expect(longest).toBeLessThan(60);
  });
});
