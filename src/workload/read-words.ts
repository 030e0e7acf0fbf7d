/** Words of one width that move. */
export interface ReadWords {
  /** >= 1. */
  readonly words: number;
  readonly wordBits: number;
}
