import type { Mapping } from '../../src/mapping/mapping.ts';
import { flattenNest, levelExtents } from '../../src/mapping/nest.ts';
import type { Dim } from '../../src/util/vocabulary.ts';
import type { Problem } from '../../src/workload/problem.ts';

/** Position of each word of Inputs: N, G, C, row, column. */
type Point = readonly number[];

/**
 * Words of Inputs that one instance of a level receives by the rule of the Timeloop of 2023, word by word: every loop outside it runs at its first index
 * and at its second, which stands for all others; what of the tile is not in the one before counts, if that moved (or stood) alike, else all of it.
 */
export function simulatedInputs({ stride, dilation }: Problem, mapping: Mapping, level: number): number {
  const extents = levelExtents(mapping)[level]!;
  const loops = flattenNest(mapping).filter((loop) => loop.kind === 'temporal' && loop.level < level);
  const pointOf = (at: Readonly<Partial<Record<Dim, number>>>): Point => {
    const { N = 0, G = 0, C = 0, P = 0, Q = 0, R = 0, S = 0 } = at;
    return [N, G, C, stride[0] * P + dilation[0] * R, stride[1] * Q + dilation[1] * S];
  };
  const last = pointOf(Object.fromEntries(Object.entries(extents).map(([dim, extent]) => [dim, extent - 1])));
  const tileAt = (corner: Point) =>
    new Set(
      corner
        .map((from, axis) => Array.from({ length: last[axis]! + 1 }, (_, i) => from + i))
        .reduce<string[]>((words, along) => words.flatMap((word) => along.map((at) => `${word},${at}`)), ['']),
    );
  let corners: { readonly corner: Point; readonly times: number }[] = [{ corner: pointOf({}), times: 1 }];
  for (const { dim, step, bound } of loops) {
    const move = pointOf({ [dim]: step });
    corners = corners.flatMap(({ corner, times }) => [
      { corner, times },
      { corner: corner.map((at, axis) => at + move[axis]!), times: times * (bound - 1) },
    ]);
  }
  let words = 0;
  let translation: string | null = null;
  corners.forEach(({ corner, times }, visit) => {
    const before = visit === 0 ? corner : corners[visit - 1]!.corner;
    const moved = corner.map((at, axis) => at - before[axis]!).join();
    const held = visit === 0 ? new Set() : tileAt(before);
    const isSteady = visit === 0 || translation === null || translation === moved;
    words += times * [...tileAt(corner)].filter((word) => !isSteady || !held.has(word)).length;
    translation = isSteady && visit > 0 ? moved : null;
  });
  return words;
}
