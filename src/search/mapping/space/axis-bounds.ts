import { ceilDiv, divisors } from '../../../util/integers.ts';

/** What is asked of the bound of one dim on one axis of an array. */
export interface AxisBound {
  /** Steps of the dim that are left. */
  readonly left: number;
  /** Children of the axis that are left. */
  readonly room: number;
  readonly isAllowed: boolean;
  readonly isPerfect: boolean;
  /** Stated for the axis. */
  readonly wanted: number | undefined;
  /** What is left of a product that is stated for the array. */
  readonly total: number | undefined;
}

/** The bounds that a dim can have on an axis, ascending; imperfect ones have no slack unless they are stated. */
export function axisBounds({ left, room, isAllowed, isPerfect, wanted, total }: AxisBound): number[] {
  const most = isAllowed ? Math.min(room, left) : 1;
  const candidates = wanted !== undefined ? [wanted] : most === 1 ? [1] : total !== undefined ? divisors(total) : null;
  if (candidates === null) return isPerfect ? divisors(left).filter((bound) => bound <= most) : tightBounds(left, most);
  return candidates.filter(
    (bound) => bound <= most && (total === undefined || total % bound === 0) && (!isPerfect || left % bound === 0),
  );
}

/** The least bounds that leave so many rounds or fewer, one for each number of rounds. */
export function tightBounds(left: number, most: number): number[] {
  const bounds: number[] = [];
  for (let bound = 1; bound <= most; ) {
    bounds.push(bound);
    const rounds = ceilDiv(left, bound);
    if (rounds === 1) break;
    bound = Math.floor((left - 1) / (rounds - 1)) + 1;
  }
  return bounds;
}
