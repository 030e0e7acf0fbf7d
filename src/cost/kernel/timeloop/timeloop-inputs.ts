import type { KernelState } from '../kernel-state.ts';
import { C, G, type KernelModel, N } from '../model.ts';

/**
 * Words of Inputs that one child of `boundary` receives by a rule of Timeloop's (`timeloopWords` of the reference): every loop runs at the indices
 * 0 (weight 1) and 1 (weight bound - 1) only, and a moved tile reuses its overlap only when it moves by the same translation as the move before.
 * @param plainWords words of the tile along N, G and C; height and width are those along rows and columns
 */
export function timeloopInputWords(
  model: KernelModel,
  state: KernelState,
  boundary: number,
  plainWords: number,
  height: number,
  width: number,
): number {
  const { plain, rows, columns, weight } = state.timeloop;
  const { bound, end } = state.loops;
  const depths = end[boundary]!;
  const tile = plainWords * height * width;
  measureMoves(model, state, depths);
  weight.fill(1, 0, depths + 1);
  let words = tile;
  let isMoveKnown = false;
  let knownPlain = 0;
  let knownRow = 0;
  let knownColumn = 0;
  const visits = 2 ** depths;
  for (let visit = 1; visit < visits; visit++) {
    // The loop at this depth (1 = outermost) goes from index 0 to 1, all loops inside back to 0.
    const depth = depths - (31 - Math.clz32(visit & -visit));
    const times = weight[depth - 1]! * (bound[depth - 1]! - 1);
    for (let inner = depth; inner <= depths; inner++) weight[inner] = times;
    const movePlain = plain[depth]!;
    const moveRow = rows[depth]!;
    const moveColumn = columns[depth]!;
    if (!model.standstillCounts && movePlain === 0 && moveRow === 0 && moveColumn === 0) continue;
    const isSteady = movePlain === knownPlain && moveRow === knownRow && moveColumn === knownColumn;
    let fetched = tile;
    if (!isMoveKnown || isSteady) {
      if (movePlain === 0)
        fetched -= plainWords * Math.max(0, height - Math.abs(moveRow)) * Math.max(0, width - Math.abs(moveColumn));
      isMoveKnown = true;
      knownPlain = movePlain;
      knownRow = moveRow;
      knownColumn = moveColumn;
    } else isMoveKnown = false;
    words += times * fetched;
  }
  return words;
}

/** Finds how far a tile moves when the loop at each depth advances from index 0 to 1 and all loops inside go back from 1 to 0. */
function measureMoves({ rows, columns, bounds }: KernelModel, { loops, timeloop }: KernelState, depths: number): void {
  let backPlain = 0;
  let backRow = 0;
  let backColumn = 0;
  for (let depth = depths; depth > 0; depth--) {
    const d = loops.dim[depth - 1]!;
    const step = loops.step[depth - 1]!;
    let plain = 0;
    let row = 0;
    let column = 0;
    if (d === rows.output) row = rows.stride * step;
    else if (d === rows.filter) row = rows.dilation * step;
    else if (d === columns.output) column = columns.stride * step;
    else if (d === columns.filter) column = columns.dilation * step;
    // One number holds the positions along C, G and N, so that different moves are different numbers.
    else if (d === C) plain = step;
    else if (d === G) plain = 2 * bounds[C]! * step;
    else if (d === N) plain = 4 * bounds[C]! * bounds[G]! * step;
    timeloop.plain[depth] = plain - backPlain;
    timeloop.rows[depth] = row - backRow;
    timeloop.columns[depth] = column - backColumn;
    backPlain += plain;
    backRow += row;
    backColumn += column;
  }
}
