import { commonWords, distinctWords } from '../../../workload/used-words.ts';
import type { SlidingAxis } from '../model.ts';

/** Words from the first to the last one of a tile of a sliding axis. */
export function tileSpan({ stride, dilation }: SlidingAxis, outputs: number, filters: number): number {
  return stride * (outputs - 1) + dilation * (filters - 1) + 1;
}

/** Words of a tile: fewer than its span where strides or dilations leave gaps (Timeloop's rule counts them). */
export function wordsOfTile(axis: SlidingAxis, outputs: number, filters: number): number {
  return axis.hasGaps ? distinctWords(axis, outputs, filters) : tileSpan(axis, outputs, filters);
}

/** Words that two tiles of equal extents have in common when one starts `move` words from the other. */
export function sharedWords(axis: SlidingAxis, outputs: number, filters: number, move: number): number {
  if (!axis.hasGaps) return Math.max(0, tileSpan(axis, outputs, filters) - Math.abs(move));
  return firstSharedWords(axis, outputs, filters, Math.abs(move), Number.POSITIVE_INFINITY);
}

/**
 * Of these, those among the first `span` words from the place on where both tiles have begun, in the order of the axis or against it: tiles look the
 * same from either end.
 * @param move at least 0
 */
export function firstSharedWords(
  axis: SlidingAxis,
  outputs: number,
  filters: number,
  move: number,
  span: number,
): number {
  if (!axis.hasGaps) return Math.max(0, Math.min(span, tileSpan(axis, outputs, filters) - move));
  return commonWords(axis, outputs, filters, outputs, filters, move, 0, move + span);
}
