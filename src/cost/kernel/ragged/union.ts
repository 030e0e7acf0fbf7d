import { greatestCommonDivisor } from '../groups.ts';
import { DIM_COUNT, type KernelModel, type SlidingAxis } from '../model.ts';
import {
  COMPARE_FILTER_ADVANCE,
  COMPARE_OUTPUT_ADVANCE,
  COUNT_TILES,
  EVERY_MEMBER,
  EVERY_SERVED,
} from '../padded/edges.ts';
import type { KernelState } from '../state.ts';

/**
 * Sums over an axis whose two dims are both ragged and run in parallel in one multicast block. Children with equal shifts then have tiles
 * that start together but end, and die, differently; they are served by the union. No tile stands for its group, so every group is walked
 * through time: slower than the other sums, but rare.
 */
export interface UnionWalk {
  /** Offsets of the current group's members along the output and the filter dim; as many as `members`. */
  readonly outputOffsets: Float64Array;
  readonly filterOffsets: Float64Array;
  members: number;
  /** Largest output offset of the members. */
  farthest: number;
  /** The box found last, in words of the axis: alive, first word, first word behind. */
  isLive: boolean;
  start: number;
  end: number;
  boundary: number;
  outputCut: number;
  filterCut: number;
  compare: number;
  /** Bit l set: level l multicasts. */
  multicastLevels: number;
  outer: number;
  /** How often a group counts: see `AxisCut`. */
  children: number;
}

/** A walk with room for groups of up to `children` members. */
export function unionWalk(children: number): UnionWalk {
  return {
    outputOffsets: new Float64Array(children),
    filterOffsets: new Float64Array(children),
    members: 0,
    farthest: 0,
    isLive: false,
    start: 0,
    end: 0,
    boundary: 0,
    outputCut: 0,
    filterCut: 0,
    compare: 0,
    multicastLevels: 0,
    outer: 0,
    children: 0,
  };
}

/** The sum over the groups of all children of levels 0..boundary in the state's ranges; `state.union` says which sum. */
export function unionAxisSum(model: KernelModel, state: KernelState, axis: SlidingAxis): number {
  const { union } = state;
  union.members = 1;
  union.outputOffsets[0] = 0;
  union.filterOffsets[0] = 0;
  state.touches = false;
  return sumLevel(model, state, axis, 0, 1);
}

/** Spreads the members over the groups (outside `outer`, or without multicast: over the children) of one level. */
function sumLevel(model: KernelModel, state: KernelState, axis: SlidingAxis, level: number, weight: number): number {
  const { union, rangeFrom, rangeTo, extents } = state;
  if (level > union.boundary) {
    union.farthest = 0;
    for (let member = 0; member < union.members; member++)
      union.farthest = Math.max(union.farthest, union.outputOffsets[member]!);
    return weight * sumTime(model, state, axis, 0, 0, 0);
  }
  const output = level * DIM_COUNT + axis.output;
  const filter = level * DIM_COUNT + axis.filter;
  const outputStep = extents[output + DIM_COUNT]!;
  const filterStep = extents[filter + DIM_COUNT]!;
  const m = rangeTo[output]!;
  const n = rangeTo[filter]!;
  const isGrouped = level >= union.outer && ((union.multicastLevels >> level) & 1) !== 0;
  const outputMove = axis.stride * outputStep;
  const filterMove = axis.dilation * filterStep;
  const divisor = isGrouped ? greatestCommonDivisor(outputMove, filterMove) : 1 / NEVER;
  const outputPeriod = filterMove / divisor;
  const filterPeriod = outputMove / divisor;
  const isWeighted = union.children === EVERY_MEMBER || (union.children === EVERY_SERVED && level === union.outer);
  const { members } = union;
  let sum = 0;
  for (let i = rangeFrom[output]!; i < m; i++)
    for (let j = rangeFrom[filter]!; j < n; j++) {
      if (i >= outputPeriod && j + filterPeriod < n) continue;
      let chain = 0;
      for (let k = 0; i + k * outputPeriod < m && j - k * filterPeriod >= 0; k++) {
        chain++;
        for (let member = 0; member < members; member++) {
          union.outputOffsets[k * members + member] =
            union.outputOffsets[member]! + (k === 0 ? i : k * outputPeriod) * outputStep;
          union.filterOffsets[k * members + member] =
            union.filterOffsets[member]! + (k === 0 ? j : -k * filterPeriod) * filterStep;
        }
      }
      union.members = members * chain;
      sum += sumLevel(model, state, axis, level + 1, isWeighted ? weight * chain : weight);
      for (let member = 0; member < members; member++) {
        union.outputOffsets[member]! -= i * outputStep;
        union.filterOffsets[member]! -= j * filterStep;
      }
      union.members = members;
    }
  return sum;
}

/** More indices than any loop has. */
const NEVER = 2 ** 40;

/** Runs the loops outside the cut from loop `i` on; at their ends compares tiles. Output rows away from every edge are alike and run once. */
function sumTime(model: KernelModel, state: KernelState, axis: SlidingAxis, i: number, p: number, r: number): number {
  const { union, loopDim, loopLevel, loopBound, loopStep, loopEnd } = state;
  let loop = i;
  while (loop < loopEnd[union.boundary]! && !isFree(union, axis, loopDim[loop]!, loopLevel[loop]!)) loop++;
  if (loop === loopEnd[union.boundary]!) return compareTiles(model, state, axis, p, r);
  const isOutput = loopDim[loop] === axis.output;
  const isAdvancing =
    loopLevel[loop] === (isOutput ? union.outputCut : union.filterCut) &&
    union.compare === (isOutput ? COMPARE_OUTPUT_ADVANCE : COMPARE_FILTER_ADVANCE);
  const step = loopStep[loop]!;
  const trips = loopBound[loop]!;
  let sum = 0;
  if (!isOutput) {
    for (let k = isAdvancing ? 1 : 0; k < trips; k++) sum += sumTime(model, state, axis, loop + 1, p, r + k * step);
    return sum;
  }
  const limits = axis === model.rows ? state.limits.rowOutput : state.limits.columnOutput;
  const highest = Math.min(model.bounds[axis.output]!, limits.insideTo) - union.farthest;
  const insideTo = Math.min(trips, Math.floor((highest - p) / step));
  for (let k = isAdvancing ? 1 : 0; k < trips; k++) {
    const isInside = k < insideTo && p + k * step >= limits.insideFrom;
    const one = sumTime(model, state, axis, loop + 1, p + k * step, r);
    if (!isInside) {
      sum += one;
      continue;
    }
    sum += one * (insideTo - k);
    k = insideTo - 1;
  }
  return sum;
}

function isFree(union: UnionWalk, axis: SlidingAxis, d: number, level: number): boolean {
  if (d === axis.output)
    return level < union.outputCut || (level === union.outputCut && union.compare === COMPARE_OUTPUT_ADVANCE);
  if (d === axis.filter)
    return level < union.filterCut || (level === union.filterCut && union.compare === COMPARE_FILTER_ADVANCE);
  return false;
}

function compareTiles(model: KernelModel, state: KernelState, axis: SlidingAxis, p: number, r: number): number {
  const { union, steps } = state;
  findBox(model, state, axis, p, r);
  if (!union.isLive) return 0;
  if (union.compare === COUNT_TILES) return 1;
  const { start, end } = union;
  let lastP = p;
  let lastR = r;
  if (union.compare === COMPARE_OUTPUT_ADVANCE) lastP -= steps[union.outputCut * DIM_COUNT + axis.output]!;
  if (union.compare === COMPARE_FILTER_ADVANCE) lastR -= steps[union.filterCut * DIM_COUNT + axis.filter]!;
  findLastBox(model, state, axis, lastP, lastR);
  const from = Math.max(start, union.start);
  const to = Math.min(end, union.end);
  if (to > from) state.touches = true;
  return Math.max(0, Math.min(to, axis.storedTo) - Math.max(from, axis.storedFrom));
}

/** The last live box: each loop inside the cut, outermost first, at its largest live index. */
function findLastBox(model: KernelModel, state: KernelState, axis: SlidingAxis, firstP: number, firstR: number): void {
  const { union, loopDim, loopLevel, loopBound, loopStep, loopEnd } = state;
  let p = firstP;
  let r = firstR;
  for (let i = 0; i < loopEnd[union.boundary]!; i++) {
    const d = loopDim[i]!;
    const isOutput = d === axis.output;
    if ((!isOutput && d !== axis.filter) || isFree(union, axis, d, loopLevel[i]!)) continue;
    const step = loopStep[i]!;
    const index = Math.min(loopBound[i]! - 1, Math.floor(roomAhead(model, union, axis, p, r, isOutput) / step));
    if (isOutput) p += index * step;
    else r += index * step;
  }
  findBox(model, state, axis, p, r);
}

/** How far the output (or filter) position can move until the last member dies. */
function roomAhead(
  model: KernelModel,
  union: UnionWalk,
  axis: SlidingAxis,
  p: number,
  r: number,
  isOutput: boolean,
): number {
  let room = 0;
  for (let member = 0; member < union.members; member++) {
    const outputs = model.bounds[axis.output]! - 1 - p - union.outputOffsets[member]!;
    const filters = model.bounds[axis.filter]! - 1 - r - union.filterOffsets[member]!;
    if (outputs >= 0 && filters >= 0) room = Math.max(room, isOutput ? outputs : filters);
  }
  return room;
}

/** The union of the members' clipped boxes at one time. */
function findBox(model: KernelModel, state: KernelState, axis: SlidingAxis, p: number, r: number): void {
  const { union, extents } = state;
  const child = (union.boundary + 1) * DIM_COUNT;
  let width = 0;
  for (let member = 0; member < union.members; member++) {
    const outputs = Math.min(
      extents[child + axis.output]!,
      model.bounds[axis.output]! - p - union.outputOffsets[member]!,
    );
    const filters = Math.min(
      extents[child + axis.filter]!,
      model.bounds[axis.filter]! - r - union.filterOffsets[member]!,
    );
    if (outputs <= 0 || filters <= 0) continue;
    width = Math.max(width, axis.stride * (outputs - 1) + axis.dilation * (filters - 1) + 1);
  }
  union.isLive = width > 0;
  union.start = axis.stride * (p + union.outputOffsets[0]!) + axis.dilation * (r + union.filterOffsets[0]!);
  union.end = union.start + width;
}
