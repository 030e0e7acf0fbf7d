import type { Random } from '../../src/util/random.ts';

/** A format that the product reads, with what its texts are tried on. */
export interface FuzzFormat {
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** Whether its texts hold data that can be changed as such. */
  readonly data: 'yaml' | 'json' | 'json lines' | 'none';
  /** Valid texts, to begin with. */
  readonly seeds: readonly Buffer[];
  /**
   * Reads an input and goes on with what it accepts, as the commands do.
   * @param at the seed that it came from
   * @throws TrifoldError where it is refused; anything else is a fault of the product
   */
  readonly run: (bytes: Buffer, random: Random, at: number) => void | Promise<void>;
}

/** Seeds from texts. */
export function seedsOf(texts: readonly string[]): Buffer[] {
  return texts.map((text) => Buffer.from(text));
}
