/**
 * Boxes of four axes in flat arrays, from and to (exclusive) of each axis one behind the other. Planning makes some for every step that a search looks at, so
 * they are never objects.
 */

/** Numbers of a box. */
export const BOX = 8;

/** Words of a box; 0 where it is empty along some axis. */
export function boxWords(boxes: Int32Array, at: number): number {
  let words = 1;
  for (let i = at; i < at + BOX; i += 2) words *= Math.max(0, boxes[i + 1]! - boxes[i]!);
  return words;
}

/** Whether two boxes are equal. */
export function isSameBox(boxes: Int32Array, at: number, others: Int32Array, other: number): boolean {
  for (let i = 0; i < BOX; i++) if (boxes[at + i] !== others[other + i]) return false;
  return true;
}

/** Words that are in both boxes. */
export function sharedWords(boxes: Int32Array, at: number, others: Int32Array, other: number): number {
  let words = 1;
  for (let i = 0; i < BOX; i += 2) {
    const from = Math.max(boxes[at + i]!, others[other + i]!);
    const to = Math.min(boxes[at + i + 1]!, others[other + i + 1]!);
    if (to <= from) return 0;
    words *= to - from;
  }
  return words;
}

/** Grows a box so that it holds another as well; an empty one becomes the other. */
export function joinBox(boxes: Int32Array, at: number, others: Int32Array, other: number): void {
  const isEmpty = boxWords(boxes, at) === 0;
  for (let i = 0; i < BOX; i += 2) {
    boxes[at + i] = isEmpty ? others[other + i]! : Math.min(boxes[at + i]!, others[other + i]!);
    boxes[at + i + 1] = isEmpty ? others[other + i + 1]! : Math.max(boxes[at + i + 1]!, others[other + i + 1]!);
  }
}

/** Copies a box. */
export function copyBox(boxes: Int32Array, at: number, others: Int32Array, other: number): void {
  for (let i = 0; i < BOX; i++) boxes[at + i] = others[other + i]!;
}

/**
 * Takes from a box the words that another has; false, with the box as it was, where what is left is no box: then they differ along several axes and yet
 * share words.
 */
export function subtractBox(boxes: Int32Array, at: number, others: Int32Array, other: number): boolean {
  if (sharedWords(boxes, at, others, other) === 0) return true;
  let axis = -1;
  for (let i = 0; i < BOX; i += 2) {
    const isInside = others[other + i]! <= boxes[at + i]! && boxes[at + i + 1]! <= others[other + i + 1]!;
    if (isInside) continue;
    if (axis >= 0) return false;
    axis = i;
  }
  if (axis < 0) {
    for (let i = 0; i < BOX; i++) boxes[at + i] = 0;
    return true;
  }
  const [from, to] = [boxes[at + axis]!, boxes[at + axis + 1]!];
  const [otherFrom, otherTo] = [others[other + axis]!, others[other + axis + 1]!];
  if (from < otherFrom && otherTo < to) return false;
  if (from < otherFrom) boxes[at + axis + 1] = otherFrom;
  else boxes[at + axis] = otherTo;
  return true;
}

/** Boxes of one iteration of a segment's shared loops. */
export interface IterationBoxes {
  /** What is there of each operand of the frame. */
  readonly need: Int32Array;
  /** What each operator makes of its output; empty where it has nothing to do. Two numbers more, from and to: the channels that the sink sums. */
  readonly made: Int32Array;
  /** Words of each operand that are drained, or, of a held one, that are fetched. */
  readonly moved: Float64Array;
}
