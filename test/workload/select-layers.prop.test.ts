import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/workload/network.ts';
import { selectLayers } from '../../src/workload/select-layers.ts';
import { layerOf } from '../search/accelerator/fixtures.ts';

function networkOf(names: readonly string[]): Network {
  return { name: 'net', source: 'made up', layers: names.map((name) => layerOf(name, { K: 2 })) };
}

function selected(names: readonly string[], patterns?: string | readonly string[]): string[] {
  return selectLayers(networkOf(names), patterns).map(({ name }) => name);
}

const NAMES = ['conv1', 'conv2_x.1', 'conv2_x.2', 'fc', 'a*b', 'axb', '[ab]'];

/** Whether a pattern of `*` and `?` matches a whole text, letter by letter. */
function matches(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matches(pattern.slice(1), text.slice(1));
}

describe('selectLayers', () => {
  it('takes names, patterns and several of both, each layer once and in the order of the network', () => {
    expect(selected(NAMES)).toEqual(NAMES);
    expect(selected(NAMES, [])).toEqual(NAMES);
    expect(selected(NAMES, 'fc')).toEqual(['fc']);
    expect(selected(NAMES, 'conv*')).toEqual(['conv1', 'conv2_x.1', 'conv2_x.2']);
    expect(selected(NAMES, 'conv2_x.?')).toEqual(['conv2_x.1', 'conv2_x.2']);
    expect(selected(NAMES, ['fc', 'conv1', '*1'])).toEqual(['conv1', 'conv2_x.1', 'fc']);
    expect(selected(NAMES, '*')).toEqual(NAMES);
  });

  it('takes a name that a layer has as it is, and no other character for more than itself', () => {
    expect(selected(NAMES, 'a*b')).toEqual(['a*b']);
    expect(selected(NAMES, '[ab]')).toEqual(['[ab]']);
    expect(() => selected(NAMES, 'conv.')).toThrow(/no layer conv\./);
    expect(() => selected(NAMES, 'CONV*')).toThrow(/no layer CONV/);
  });

  it('refuses every pattern that names no layer, with the nearest name', () => {
    expect(() => selected(NAMES, ['conv1', 'convl'])).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: 'net has no layer convl',
        details: { hint: "did you mean 'conv1'?" },
      }),
    );
    expect(() => selected(NAMES, ['*', 'pool*'])).toThrow(
      expect.objectContaining({ code: 'not-found', details: { hint: `known are ${NAMES.join(', ')}` } }),
    );
  });

  it('matches as a walk over the letters does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 5 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 6 }), pattern, (names, one) => {
        const expected = names.includes(one) ? [one] : names.filter((name) => matches(one, name));
        if (expected.length === 0) expect(() => selected(names, one)).toThrow(/no layer/);
        else expect(selected(names, one)).toEqual(expected);
      }),
    );
  });
});
