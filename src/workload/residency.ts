import type { ReadWords } from './read-words.ts';

/** Words that arrive at a level from the outermost one, or leave for it, at a step beside what its mapping moves. */
export interface Moves {
  /** Held words: each is a read of the outermost level and a fill of the retention level. */
  readonly fetched: readonly ReadWords[];
  /** Finished words that go to the outermost level as well: each is an update there. */
  readonly drained: readonly ReadWords[];
}

/**
 * Where the operands of a layer are when it is a step of a schedule. An operand that is retained lies in the retention level, as a whole or as the part that
 * the step needs: that level takes the part of the outermost one, nothing outside it moves, and the operand takes no room of the mapping's tiles.
 */
export interface Residency {
  /** Index of the retention level; >= 1. It has one instance, and its capacity is one pool. */
  readonly level: number;
  /** Whether Weights, and Inputs, are retained. */
  readonly weights: boolean;
  readonly inputs: boolean;
  /**
   * outermost: as in a layer of its own. in-place: words of Outputs are updated where they stay, at the width of an activation; legal where partial sums
   * have that width, or every word arrives complete. staged: the tile is accumulated as in a layer of its own, and what would go to the outermost level and
   * come back goes to the home in the retention level, at the width of an activation.
   */
  readonly outputs: 'outermost' | 'in-place' | 'staged';
  /** Bits of a word of Outputs in its home in the retention level: those of an activation, or of partial sums that stay for the next step. */
  readonly activationBits: number;
  /**
   * Whether the words of retained Outputs hold partial sums of a step before, to which this one adds: then even the first touch of a word is no free one, at
   * any level, as it would not be inside an outermost loop over what is summed. Absent: no.
   */
  readonly resumes?: boolean;
  /** Bits of the retention level for tiles of the mapping, each copy of a double-buffered level counting; null: unlimited. */
  readonly roomBits: number | null;
  readonly moves: Moves;
}

/** Nothing moves beside the mapping. */
export const NO_MOVES: Moves = { fetched: [], drained: [] };
