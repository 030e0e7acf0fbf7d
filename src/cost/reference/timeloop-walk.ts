import type { NestLoop } from '../../mapping/nest.ts';
import type { PerDim } from '../../util/vocabulary.ts';
import type { TensorProjection } from '../../workload/problem.ts';
import type { ReuseRule } from '../temporal-reuse.ts';

/** Words of the bounding box of one tile, which is what Timeloop takes for it. */
export function boxWords(tensor: TensorProjection, extents: PerDim<number>): number {
  return boxWidths(tensor, extents).reduce((words, width) => words * width, 1);
}

function boxWidths({ axes }: TensorProjection, extents: PerDim<number>): number[] {
  return axes.map((axis) => axis.terms.reduce((width, t) => width + t.coefficient * (extents[t.dim] - 1), 1));
}

/**
 * Words that one child receives by a rule of Timeloop's: every loop is executed at two indices only, 0 (weight 1) and 1 (weight bound - 1),
 * and a moved tile reuses its overlap only when it moves by the same translation as before. Whether standing still is a translation differs.
 * Source: behaviour of timeloop-model v4 (nest analysis), and DOSA's rows of the one of 2023; perfect factors, no padding.
 * @param loops temporal loops above the child, outermost first, bounds > 1
 * @param extents positions of each dim in one tile of the child
 */
export function timeloopWords(
  tensor: TensorProjection,
  loops: readonly NestLoop[],
  extents: PerDim<number>,
  { standstillCounts }: Pick<ReuseRule, 'standstillCounts'>,
): number {
  const axes = tensor.axes;
  const widths = boxWidths(tensor, extents);
  const moves = loops.map((loop) =>
    axes.map((axis) => axis.terms.reduce((sum, t) => (t.dim === loop.dim ? sum + t.coefficient * loop.step : sum), 0)),
  );
  const tile = boxWords(tensor, extents);
  let previous: readonly number[] | null = null;
  let previousMove: readonly number[] | null = null;
  let words = 0;
  for (let visit = 0; visit < 2 ** loops.length; visit++) {
    let weight = 1;
    const position = axes.map(() => 0);
    loops.forEach((loop, i) => {
      if (Math.floor(visit / 2 ** (loops.length - 1 - i)) % 2 === 0) return;
      weight *= loop.bound - 1;
      moves[i]!.forEach((move, axis) => {
        position[axis]! += move;
      });
    });
    if (previous === null) words += weight * tile;
    else {
      const before: readonly number[] = previous;
      const move = position.map((value, axis) => value - before[axis]!);
      if (standstillCounts || move.some((value) => value !== 0)) {
        const known: readonly number[] | null = previousMove;
        if (known === null || known.every((value, axis) => value === move[axis])) {
          const overlap = widths.reduce(
            (shared, width, axis) => shared * Math.max(0, width - Math.abs(move[axis]!)),
            1,
          );
          words += weight * (tile - overlap);
          previousMove = move;
        } else {
          words += weight * tile;
          previousMove = null;
        }
      }
    }
    previous = position;
  }
  return words;
}
