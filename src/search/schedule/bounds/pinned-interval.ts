/** An interval of pinned bits: everything has room as if `low` were pinned, and no more than `high` may be. */
export interface PinnedInterval {
  readonly low: number;
  readonly high: number;
  /** No schedule that pins so many bits weighs less. */
  readonly bound: number;
}

/** Pins count as near the low end of an interval within this part of it. */
const NEAR_LOW = 8;

/**
 * The parts of an interval whose cheapest path pins more than its low end: cut half way to these pins; or at them, where they are so near the low end that halving
 * would only come nearer and nearer to the room in which the path is priced as it is.
 * @param pinnedBits of the path; above the low end, at most the high one
 * @param unitBits of which the low end and the pins of all paths are multiples
 */
export function splitInterval(
  { low, high, bound }: PinnedInterval,
  pinnedBits: number,
  unitBits: number,
): PinnedInterval[] {
  const beyond = pinnedBits - low;
  const middle = beyond * NEAR_LOW <= high - low ? pinnedBits : low + Math.ceil(beyond / 2 / unitBits) * unitBits;
  return [
    { low, high: middle - 1, bound },
    { low: middle, high, bound },
  ];
}
