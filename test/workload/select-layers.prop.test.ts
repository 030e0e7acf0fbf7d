import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layer, Network } from '../../src/workload/network.ts';
import { selectLayers } from '../../src/workload/select-layers.ts';

function networkOf(names: readonly string[]): Network {
  // Only names are looked at.
  return { name: 'n', source: 's', layers: names.map((name) => ({ name }) as Layer) };
}

/** What a pattern means, without a thought for time. */
function matches(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  if (pattern[0] === '*') return matches(pattern.slice(1), name) || (name !== '' && matches(pattern, name.slice(1)));
  return name !== '' && (pattern[0] === '?' || pattern[0] === name[0]) && matches(pattern.slice(1), name.slice(1));
}

const letters = (unit: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...unit), minLength: 1, maxLength });

describe('selectLayers', () => {
  it('selects what a pattern means', () => {
    fc.assert(
      fc.property(fc.uniqueArray(letters('ab', 5), { minLength: 1 }), letters('ab*?', 6), (names, pattern) => {
        const expected = names.filter((name) => matches(pattern, name));
        fc.pre(expected.length > 0);
        expect(selectLayers(networkOf(names), pattern).map(({ name }) => name)).toEqual(expected);
      }),
    );
  });

  it('repeats no more of a pattern in its error than people read', () => {
    expect(() => selectLayers(networkOf(['a']), 'b'.repeat(6000))).toThrow(/^n has no layer b{200} …$/);
  });

  it('takes no longer for many stars than for one', () => {
    // By a regular expression with 40 stars, the number of ways to split such a name has more digits than can be tried.
    const names = ['a'.repeat(200), `${'a'.repeat(200)}b`];
    expect(selectLayers(networkOf(names), `${'*a'.repeat(40)}*b`)).toHaveLength(1);
  });
});
