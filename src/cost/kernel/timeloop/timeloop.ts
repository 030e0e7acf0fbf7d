import { C, G, K, type KernelModel, N } from '../model.ts';
import type { KernelState } from '../state.ts';

/** Working memory of the walk, all per depth: loops outside and at the depth at their current indices. */
export interface TimeloopScratch {
  /** Positions along N, G and C in one number, along rows and along columns, and the product of weights. */
  readonly plain: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly weight: Float64Array;
}

/** Working memory for nests of up to `loops` loops. */
export function timeloopScratch(loops: number): TimeloopScratch {
  const perDepth = () => new Float64Array(loops + 1);
  return { plain: perDepth(), rows: perDepth(), columns: perDepth(), weight: perDepth() };
}

/**
 * Words of Inputs that one child of `boundary` receives by Timeloop's rule: every loop runs at the indices 0 (weight 1) and 1 (weight
 * bound - 1) only, and a moved tile reuses its overlap only when it moves by the same translation as the move before.
 * Source: behaviour of timeloop-model v4 (nest analysis); perfect factors, no padding.
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
  const depths = state.loopEnd[boundary]!;
  const tile = plainWords * height * width;
  weight.fill(1, 0, depths + 1);
  plain.fill(0, 0, depths + 1);
  rows.fill(0, 0, depths + 1);
  columns.fill(0, 0, depths + 1);
  let words = tile;
  let atPlain = 0;
  let atRow = 0;
  let atColumn = 0;
  let isMoveKnown = false;
  let knownPlain = 0;
  let knownRow = 0;
  let knownColumn = 0;
  const visits = 2 ** depths;
  for (let visit = 1; visit < visits; visit++) {
    advance(model, state, depths - (31 - Math.clz32(visit & -visit)), depths);
    const movePlain = plain[depths]! - atPlain;
    const moveRow = rows[depths]! - atRow;
    const moveColumn = columns[depths]! - atColumn;
    if (movePlain === 0 && moveRow === 0 && moveColumn === 0) continue;
    atPlain = plain[depths]!;
    atRow = rows[depths]!;
    atColumn = columns[depths]!;
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
    words += weight[depths]! * fetched;
  }
  return words;
}

/** Moves the loop at `depth` (1 = outermost) from index 0 to 1 and all loops inside back to 0. */
function advance(model: KernelModel, state: KernelState, depth: number, depths: number): void {
  const { plain, rows, columns, weight } = state.timeloop;
  const d = state.loopDim[depth - 1]!;
  const step = state.loopStep[depth - 1]!;
  let plainMove = 0;
  let rowMove = 0;
  let columnMove = 0;
  if (d === model.rows.output) rowMove = model.rows.stride * step;
  else if (d === model.rows.filter) rowMove = model.rows.dilation * step;
  else if (d === model.columns.output) columnMove = model.columns.stride * step;
  else if (d === model.columns.filter) columnMove = model.columns.dilation * step;
  else if (d !== K) plainMove = plainPlace(model, d) * step;
  plain[depth] = plain[depth - 1]! + plainMove;
  rows[depth] = rows[depth - 1]! + rowMove;
  columns[depth] = columns[depth - 1]! + columnMove;
  weight[depth] = weight[depth - 1]! * (state.loopBound[depth - 1]! - 1);
  for (let inner = depth + 1; inner <= depths; inner++) {
    plain[inner] = plain[depth]!;
    rows[inner] = rows[depth]!;
    columns[inner] = columns[depth]!;
    weight[inner] = weight[depth]!;
  }
}

/** Place value of N, G or C in a number that holds all three positions so that different moves are different numbers. */
function plainPlace(model: KernelModel, d: number): number {
  const { bounds } = model;
  if (d === C) return 1;
  if (d === G) return 2 * bounds[C]!;
  return d === N ? 4 * bounds[C]! * bounds[G]! : 0;
}
