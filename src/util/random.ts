import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { TrifoldError } from './errors.ts';

/** State of a {@link Random} as plain JSON. */
export interface RandomState {
  /** Words of the xoroshiro128+ generator. */
  readonly words: readonly number[];
  /** The second normal deviate of the last Box-Muller pair, when it has not been handed out yet. */
  readonly spareNormal: number | null;
}

/** Normal deviates made of 53 random bits stay below 8.6. */
const MOST_DEVIATIONS = 9;

const TWO_POW_32 = 2 ** 32;
const TWO_POW_53 = 2 ** 53;

/** A seeded, resumable random source (xoroshiro128+). The only source of randomness in the core; always passed in. */
export class Random {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;
  #spareNormal: number | null;

  private constructor(generator: ReturnType<typeof xoroshiro128plus>, spareNormal: number | null) {
    this.#generator = generator;
    this.#spareNormal = spareNormal;
  }

  /** A generator for a 32-bit seed. Streams of nearby seeds are decorrelated by a 32-bit finalizer (murmur3). */
  static fromSeed(seed: number): Random {
    return new Random(xoroshiro128plus(mix32(seed)), null);
  }

  /** A generator for item `index` of the stream `seed`: the same whatever order or worker handles the items. */
  static forIndex(seed: number, index: number): Random {
    return new Random(xoroshiro128plus(mix32(mix32(seed) + Math.imul(index + 1, 0x9e3779b9))), null);
  }

  /** Continues exactly where {@link getState} was called. @throws TrifoldError `foreign` for what is no state: 0 alone would give 0 for ever */
  static fromState(state: RandomState): Random {
    const { words, spareNormal } = state;
    const isWord = (word: number) => Number.isInteger(word) && word === (word | 0);
    if (words.length !== 4 || !words.every(isWord) || words.every((word) => word === 0))
      throw new TrifoldError('foreign', 'not a state of the random generator');
    if (spareNormal !== null && !(Math.abs(spareNormal) <= MOST_DEVIATIONS))
      throw new TrifoldError('foreign', `not a state of the random generator: ${spareNormal} is no normal deviate`);
    return new Random(xoroshiro128plusFromState(state.words), state.spareNormal);
  }

  /** The state as plain JSON. */
  getState(): RandomState {
    return { words: [...this.#generator.getState()], spareNormal: this.#spareNormal };
  }

  /** Uniform integer in [0, 2^32). */
  nextUint32(): number {
    return this.#generator.next() >>> 0;
  }

  /** Uniform in [0, 1) with 53 bits. */
  nextUnit(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / TWO_POW_53;
  }

  /** Uniform integer in [0, bound), for 1 <= bound <= 2^32, without modulo bias. */
  nextInt(bound: number): number {
    const limit = TWO_POW_32 - (TWO_POW_32 % bound);
    let word = this.nextUint32();
    while (word >= limit) word = this.nextUint32();
    return word % bound;
  }

  /** Standard normal deviate (Box-Muller, both deviates of a pair used). */
  nextNormal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.nextUnit()));
    const angle = 2 * Math.PI * this.nextUnit();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) | 0;
}
