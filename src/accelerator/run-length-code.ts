import type { RunLengthCode } from './overheads.ts';

/** Coded words take whole parts of a bit, so that sums of many are exact in doubles. */
const PARTS_OF_BIT = 64;

/**
 * Mean bits per word of a long stream in a run-length code, rounded up to 1/64. A pair holds the zeros before a word and that word, which is a zero only
 * behind the longest run, so it stands for 1 + z + ... + z^(2^runBits - 1) words where each is zero with probability z.
 * @param zeros z, in [0, 1]
 */
export function codedWordBits({ runBits, pairsPerBlock, blockBits }: RunLengthCode, zeros: number): number {
  let wordsPerPair = 1;
  let power = zeros;
  for (let bit = 0; bit < runBits; bit++) {
    wordsPerPair *= 1 + power;
    power *= power;
  }
  return Math.ceil((PARTS_OF_BIT * blockBits) / (pairsPerBlock * wordsPerPair)) / PARTS_OF_BIT;
}
