import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codedWordBits } from '../../src/accelerator/run-length-code.ts';
import { storedWordBits } from '../../src/mapping/legality.ts';
import { Random } from '../../src/util/random.ts';

/** Eyeriss (Chen et al., JSSC 2017, III-C): three pairs of a run of 5 bits and a word of 16 in 64 bits. */
const EYERISS = { runBits: 5, wordBits: 16, pairsPerBlock: 3, blockBits: 64 };

/** Pairs that a coder gives out for a random stream, word by word. */
function pairsOf(random: Random, words: number, zeros: number, longestRun: number): number {
  let pairs = 0;
  let run = 0;
  for (let i = 0; i < words; i++) {
    const isZero = random.nextUnit() < zeros;
    if (isZero && run < longestRun) run++;
    else {
      pairs++;
      run = 0;
    }
  }
  return pairs;
}

describe('a run-length code', () => {
  it('takes the bits of a coder that runs over a random stream', () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer(), shares, fc.integer({ min: 1, max: 5 }), fc.nat(9), (seed, zeros, runBits, free) => {
        const words = 40_000;
        const pairs = pairsOf(Random.fromSeed(seed), words, zeros, 2 ** runBits - 1);
        const code = { runBits, wordBits: 8, pairsPerBlock: 2, blockBits: 2 * (8 + runBits) + free };
        const bits = (pairs / words) * (code.blockBits / 2);
        expect(Math.abs(codedWordBits(code, zeros) - bits)).toBeLessThan(1 / 64 + 0.02 * bits + 0.02);
      }),
      { numRuns: 60 },
    );
  });

  it('rounds bits up to 1/64', () => {
    expect(codedWordBits(EYERISS, 0)).toBe(Math.ceil((64 * 64) / 3) / 64);
    expect(codedWordBits(EYERISS, 1)).toBe(Math.ceil((64 * 64) / 3 / 32) / 64);
    expect(codedWordBits({ runBits: 1, wordBits: 7, pairsPerBlock: 1, blockBits: 9 }, 0.5)).toBe(6);
  });

  const level = { storedBits: { Outputs: 16 }, compression: EYERISS };
  const layer = { wordBits: { Weights: 16, Inputs: 16, Outputs: 32 }, zeros: { Inputs: 0.5, Outputs: 0.75 } };

  it('shrinks stored Inputs and Outputs whose zeros are stated, where its words hold theirs', () => {
    expect(storedWordBits(level, layer, 'Inputs')).toBe(codedWordBits(EYERISS, 0.5));
    expect(storedWordBits(level, layer, 'Outputs')).toBe(codedWordBits(EYERISS, 0.75));
    expect(storedWordBits(level, layer, 'Weights')).toBe(16);
    expect(storedWordBits({ ...level, storedBits: {} }, layer, 'Outputs')).toBe(32);
    expect(storedWordBits(level, { ...layer, zeros: { Outputs: 0.75 } }, 'Inputs')).toBe(16);
    expect(storedWordBits({ storedBits: {} }, layer, 'Inputs')).toBe(16);
  });

  it('never makes words longer, nor by more zeros', () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(shares, shares, (one, other) => {
        const [fewer, more] = one < other ? [one, other] : [other, one];
        const bits = [fewer, more].map((Inputs) => storedWordBits(level, { ...layer, zeros: { Inputs } }, 'Inputs'));
        expect(bits[1]).toBeLessThanOrEqual(bits[0]!);
        expect(bits[0]).toBeLessThanOrEqual(16);
        expect(64 * bits[0]!).toBe(Math.round(64 * bits[0]!));
      }),
    );
  });
});
