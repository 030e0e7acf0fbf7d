import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestWord, suggestWord } from '../../src/util/suggestion.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

/** Distance by breadth-first search over single edits, to a depth of 3. */
function searchDistance(from: string, to: string): number {
  let reached = new Set([from]);
  for (let steps = 0; steps <= 3; steps++) {
    if (reached.has(to)) return steps;
    const next = new Set<string>();
    for (const text of reached)
      for (let i = 0; i <= text.length; i++) {
        next.add(text.slice(0, i) + text.slice(i + 1));
        for (const letter of 'abc') {
          next.add(text.slice(0, i) + letter + text.slice(i));
          next.add(text.slice(0, i) + letter + text.slice(i + 1));
        }
      }
    reached = next;
  }
  return Number.POSITIVE_INFINITY;
}

describe('editDistance', () => {
  it('is a symmetric distance, zero for equal words only, at most the longer length', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });

  it('never exceeds the number of single edits that a search finds', () => {
    const short = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        const found = searchDistance(a, b);
        if (!Number.isFinite(found)) return;
        expect(editDistance(a, b)).toBeLessThanOrEqual(found);
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(found / 2);
      }),
      { numRuns: 40 },
    );
  });

  it('counts a swap of neighbours once', () => {
    expect(editDistance('kernle', 'kernel')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});

describe('suggestWord', () => {
  const known = ['kernel', 'stride', 'padding', 'out'];

  it('names the nearest word, ignoring case', () => {
    expect(nearestWord('Kernle', known)).toBe('kernel');
    expect(suggestWord('strides', known)).toBe("did you mean 'stride'?");
  });

  it('lists the known words when none is near', () => {
    expect(nearestWord('capacity', known)).toBeUndefined();
    expect(suggestWord('capacity', known)).toBe('known are kernel, stride, padding, out');
  });

  it('shortens a long list', () => {
    const many = Array.from({ length: 40 }, (_, i) => `word-number-${i}`);
    expect(suggestWord('zzz', many).length).toBeLessThan(260);
  });
});

describe('one-letter words', () => {
  it('are never taken for another letter', () => {
    expect(nearestWord('k', ['N', 'K'])).toBe('K');
    expect(nearestWord('k', ['N', 'C'])).toBeUndefined();
    expect(nearestWord('k', ['kB'])).toBe('kB');
  });
});

describe('a hint', () => {
  it('is the one that the word begins with, or that begins with it, if there is but one', () => {
    expect(suggestWord('convolution', ['conv', 'linear'])).toBe("did you mean 'conv'?");
    expect(suggestWord('norm', ['layer', 'normalisation'])).toBe("did you mean 'normalisation'?");
    expect(suggestWord('block', ['block-of-one', 'block-of-two'])).toContain('known are');
    expect(suggestWord('max', ['maximum', 'sum'])).toContain('known are');
  });

  it('lists as many words as are asked for', () => {
    const known = Array.from({ length: 20 }, (_, i) => `w${i}`);
    expect(suggestWord('other', known)).toMatch(/w14, …$/);
    expect(suggestWord('other', known, known.length)).toMatch(/w19$/);
  });
});
