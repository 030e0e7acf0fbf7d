import { C, DIM_COUNT, G, K, type KernelModel, N, type SlidingAxis } from '../../cost/kernel-model.ts';
import { type InputsAxis, storedWords } from './inputs-axis.ts';
import type { LevelTiles, TileLattice } from './tile-lattice.ts';

/** The part of the walk on one axis. */
interface AxisState {
  axis: SlidingAxis;
  width: number;
  /** How far the loops walked so far have moved the tile when they wrap. */
  wrap: number;
  outputTiles: number;
  filterTiles: number;
  outputStart: number;
  filterStart: number;
  /** Loops walked so far, which are at index 0 when a loop outside them advances: [period in tiles, bound] per dim. */
  outputLoops: number[];
  filterLoops: number[];
  /** Tiles left when these loops are at index 0. */
  outerOutputs: number;
  outerFilters: number;
}

/** Counts the words of Inputs by walking the loops above a tile from the innermost outwards: all tiles less what consecutive ones share. */
export class InputsWalk {
  /** Words of all children so far. */
  words = 0;
  plain = 0;
  /** Iterations of the K loops outside those walked. */
  outerK = 0;
  readonly rows: AxisState = emptyAxis();
  readonly columns: AxisState = emptyAxis();

  /** Starts with all tiles fetched anew. */
  begin(model: KernelModel, tiles: LevelTiles, lattice: TileLattice, point: number): void {
    const at = point * DIM_COUNT;
    this.plain = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
    this.outerK = lattice.refetches[1][point]!;
    const full = (state: AxisState, table: InputsAxis): number => {
      const p = lattice.digits[at + table.axis.output]!;
      const r = lattice.digits[at + table.axis.filter]!;
      const place = p * lattice.values[table.axis.filter]!.length + r;
      state.axis = table.axis;
      state.width = table.width[place]!;
      state.wrap = 0;
      state.outputTiles = table.outputTiles[p]!;
      state.filterTiles = table.filterTiles[r]!;
      state.outputStart = (table.axis.stride * model.bounds[table.axis.output]!) / state.outputTiles;
      state.filterStart = (table.axis.dilation * model.bounds[table.axis.filter]!) / state.filterTiles;
      state.outputLoops.length = 0;
      state.filterLoops.length = 0;
      state.outerOutputs = state.outputTiles;
      state.outerFilters = state.filterTiles;
      return table.full[place]!;
    };
    this.words = this.plain * this.outerK * full(this.rows, tiles.rows) * full(this.columns, tiles.columns);
  }
}

/** A walk; {@link InputsWalk.begin} before use. */
export function startWalk(): InputsWalk {
  return new InputsWalk();
}

function emptyAxis(): AxisState {
  const axis: SlidingAxis = { output: 4, filter: 6, stride: 1, dilation: 1, length: 1, padded: false, paddingWords: 0, storedFrom: 0, storedTo: 1 };
  return {
    axis,
    width: 1,
    wrap: 0,
    outputTiles: 1,
    filterTiles: 1,
    outputStart: 1,
    filterStart: 1,
    outputLoops: [],
    filterLoops: [],
    outerOutputs: 1,
    outerFilters: 1,
  };
}

/** Takes the next loop outwards. @returns false when no loop further out can share words */
export function walkLoop(walk: InputsWalk, dim: number, bound: number, step: number): boolean {
  const { rows, columns } = walk;
  if (dim === K) {
    walk.outerK /= bound;
    walk.words -= walk.plain * (bound - 1) * walk.outerK * wrapShared(rows) * wrapShared(columns);
    return true;
  }
  const own = dim === rows.axis.output || dim === rows.axis.filter ? rows : columns;
  const isOutput = dim === own.axis.output;
  if (!isOutput && dim !== own.axis.filter) return false;
  const other = own === rows ? columns : rows;
  const move = step * (isOutput ? own.axis.stride : own.axis.dilation);
  const shared = advanceShared(own, isOutput, bound, move);
  if (shared > 0) walk.words -= walk.plain * walk.outerK * shared * wrapShared(other);
  own.wrap += (bound - 1) * move;
  if (isOutput) {
    own.outputLoops.push(Math.round(move / own.outputStart), bound);
    own.outerOutputs /= bound;
  } else {
    own.filterLoops.push(Math.round(move / own.filterStart), bound);
    own.outerFilters /= bound;
  }
  return rows.wrap < rows.width || columns.wrap < columns.width || rows.outerFilters * columns.outerFilters > 0;
}

/** Words that the tile shares with the one before when a loop of no dim of the axis advances and the axis's loops wrap. */
function wrapShared(state: AxisState): number {
  const common = state.width - state.wrap;
  if (common <= 0) return 0;
  if (!state.axis.padded) return common * state.outerOutputs * state.outerFilters;
  return sumStored(state, state.wrap, state.width, 0, 0);
}

/** The same when a loop over one of the axis's dims advances by `move`. */
function advanceShared(state: AxisState, isOutput: boolean, bound: number, move: number): number {
  const offset = state.wrap - move;
  const from = Math.max(0, offset);
  const to = Math.min(state.width, state.width + offset);
  if (to <= from) return 0;
  if (!state.axis.padded) return ((to - from) * state.outerOutputs * state.outerFilters * (bound - 1)) / bound;
  const period = Math.round(move / (isOutput ? state.outputStart : state.filterStart));
  return sumStored(state, from, to, isOutput ? period : 0, isOutput ? 0 : period, bound);
}

/**
 * Sum of the stored words of [start + from, start + to) over all tiles whose walked loops are at index 0, and, where a period is given, whose
 * loop of that period is past its first iteration.
 */
function sumStored(
  state: AxisState,
  from: number,
  to: number,
  outputPeriod: number,
  filterPeriod: number,
  bound = 1,
): number {
  let sum = 0;
  for (let p = 0; p < state.outputTiles; p++) {
    if (!isFirst(p, state.outputLoops) || (outputPeriod > 0 && Math.floor(p / outputPeriod) % bound === 0)) continue;
    for (let r = 0; r < state.filterTiles; r++) {
      if (!isFirst(r, state.filterLoops) || (filterPeriod > 0 && Math.floor(r / filterPeriod) % bound === 0)) continue;
      const start = p * state.outputStart + r * state.filterStart;
      sum += storedWords(state.axis, start + from, start + to);
    }
  }
  return sum;
}

function isFirst(tile: number, loops: readonly number[]): boolean {
  for (let i = 0; i < loops.length; i += 2) if (Math.floor(tile / loops[i]!) % loops[i + 1]! !== 0) return false;
  return true;
}
