import { filterPeriod, isMulticast, outputPeriod } from '../equal-tiles.ts';
import type { KernelState } from '../kernel-state.ts';
import { DIM_COUNT, INPUTS, type KernelModel, type SlidingAxis } from '../model.ts';
import {
  type AxisSum,
  COMPARE_FILTER_ADVANCE,
  COMPARE_OUTPUT_ADVANCE,
  COUNT_TILES,
  isWeighted,
  MEASURE_TILES,
  measuredTile,
} from '../sliding/axis-sum.ts';

/**
 * The sum over the groups of all children of the levels 0..boundary, in the state's ranges, of an axis whose two dims are both ragged and run
 * in parallel in one multicast block. Children with equal shifts then have tiles that start together but end, and die, differently; they are
 * served by the union. No tile stands for its group, so every group is walked through time: slower than the other sums, but rare.
 */
export function unitedAxisSum(model: KernelModel, state: KernelState, sum: AxisSum): number {
  const { group } = state.ragged;
  group.members = 1;
  group.outputOffsets[0] = 0;
  group.filterOffsets[0] = 0;
  sum.touches = false;
  listAxisLoops(state, sum);
  return sumLevel(model, state, sum, 0, 1);
}

/** Lists the axis's loops that run in the sum and those inside the cut, outermost first. */
function listAxisLoops({ loops, ragged }: KernelState, sum: AxisSum): void {
  const { group } = ragged;
  const { axis, outputCut, filterCut, compare } = sum;
  group.freeCount = 0;
  group.cutCount = 0;
  for (let loop = 0; loop < loops.end[sum.boundary]!; loop++) {
    const isOutput = loops.dim[loop] === axis.output;
    if (!isOutput && loops.dim[loop] !== axis.filter) continue;
    const cut = isOutput ? outputCut : filterCut;
    const level = loops.level[loop]!;
    const advances = level === cut && compare === (isOutput ? COMPARE_OUTPUT_ADVANCE : COMPARE_FILTER_ADVANCE);
    if (level >= cut && !advances) group.cutLoops[group.cutCount++] = loop;
    else {
      group.firstIndex[group.freeCount] = advances ? 1 : 0;
      group.freeLoops[group.freeCount++] = loop;
    }
  }
}

/** Spreads the members over the groups (outside `outer`, or without multicast: over the children) of one level. */
function sumLevel(model: KernelModel, state: KernelState, sum: AxisSum, level: number, weight: number): number {
  const { rangeFrom, rangeTo, nest } = state;
  const { group } = state.ragged;
  const { outputOffsets, filterOffsets, members } = group;
  if (level > sum.boundary) {
    group.farthest = 0;
    for (let member = 0; member < members; member++) group.farthest = Math.max(group.farthest, outputOffsets[member]!);
    return weight * sumTime(model, state, sum, 0, 0, 0);
  }
  const { axis } = sum;
  const output = level * DIM_COUNT + axis.output;
  const filter = level * DIM_COUNT + axis.filter;
  const outputStep = nest.extents[output + DIM_COUNT]!;
  const filterStep = nest.extents[filter + DIM_COUNT]!;
  const m = rangeTo[output]!;
  const n = rangeTo[filter]!;
  const isGrouped = level >= sum.outer && isMulticast(nest, level, INPUTS);
  const outputs = isGrouped ? outputPeriod(nest, axis, level) : m;
  const filters = isGrouped ? filterPeriod(nest, axis, level) : n;
  const countsMembers = isWeighted(sum, level);
  let total = 0;
  for (let i = rangeFrom[output]!; i < m; i++)
    for (let j = rangeFrom[filter]!; j < n; j++) {
      if (i >= outputs && j + filters < n) continue;
      let chain = 0;
      for (let k = 0; i + k * outputs < m && j - k * filters >= 0; k++) {
        chain++;
        for (let member = 0; member < members; member++) {
          outputOffsets[k * members + member] = outputOffsets[member]! + (k === 0 ? i : k * outputs) * outputStep;
          filterOffsets[k * members + member] = filterOffsets[member]! + (k === 0 ? j : -k * filters) * filterStep;
        }
      }
      group.members = members * chain;
      total += sumLevel(model, state, sum, level + 1, countsMembers ? weight * chain : weight);
      for (let member = 0; member < members; member++) {
        outputOffsets[member]! -= i * outputStep;
        filterOffsets[member]! -= j * filterStep;
      }
      group.members = members;
    }
  return total;
}

/** Runs the free loops from the i-th on; at their ends compares tiles. Output rows away from every edge are alike and run once. */
function sumTime(model: KernelModel, state: KernelState, sum: AxisSum, i: number, p: number, r: number): number {
  const { group } = state.ragged;
  if (i === group.freeCount) return compareTiles(model, state, sum, p, r);
  const { axis } = sum;
  const loop = group.freeLoops[i]!;
  const first = group.firstIndex[i]!;
  const step = state.loops.step[loop]!;
  const trips = state.loops.bound[loop]!;
  let total = 0;
  if (state.loops.dim[loop] === axis.filter) {
    for (let k = first; k < trips; k++) total += sumTime(model, state, sum, i + 1, p, r + k * step);
    return total;
  }
  const { from, to } = axis.outputInside;
  const highest = Math.min(model.bounds[axis.output]!, to) - group.farthest;
  const insideTo = Math.min(trips, Math.floor((highest - p) / step));
  for (let k = first; k < trips; k++) {
    const isInside = k < insideTo && p + k * step >= from;
    const one = sumTime(model, state, sum, i + 1, p + k * step, r);
    total += isInside ? one * (insideTo - k) : one;
    if (isInside) k = insideTo - 1;
  }
  return total;
}

function compareTiles(model: KernelModel, state: KernelState, sum: AxisSum, p: number, r: number): number {
  const { steps } = state.nest;
  const { group } = state.ragged;
  const { axis, compare } = sum;
  findBox(model, state, sum, p, r);
  if (!group.isLive) return 0;
  if (compare === COUNT_TILES) return 1;
  const { start, end } = group;
  if (compare === MEASURE_TILES)
    return measuredTile(sum, Math.max(0, Math.min(end, axis.storedTo) - Math.max(start, axis.storedFrom)));
  const backP = compare === COMPARE_OUTPUT_ADVANCE ? steps[sum.outputCut * DIM_COUNT + axis.output]! : 0;
  const backR = compare === COMPARE_FILTER_ADVANCE ? steps[sum.filterCut * DIM_COUNT + axis.filter]! : 0;
  findLastBox(model, state, sum, p - backP, r - backR);
  const from = Math.max(start, group.start);
  const to = Math.min(end, group.end);
  if (to > from) sum.touches = true;
  return Math.max(0, Math.min(to, axis.storedTo) - Math.max(from, axis.storedFrom));
}

/** The last live box: each loop inside the cut, outermost first, at its largest live index. */
function findLastBox(model: KernelModel, state: KernelState, sum: AxisSum, firstP: number, firstR: number): void {
  const { dim, bound, step: steps } = state.loops;
  const { cutLoops, cutCount } = state.ragged.group;
  const { axis } = sum;
  let p = firstP;
  let r = firstR;
  for (let i = 0; i < cutCount; i++) {
    const loop = cutLoops[i]!;
    const isOutput = dim[loop] === axis.output;
    const step = steps[loop]!;
    const index = Math.min(bound[loop]! - 1, Math.floor(roomAhead(model, state, axis, p, r, isOutput) / step));
    if (isOutput) p += index * step;
    else r += index * step;
  }
  findBox(model, state, sum, p, r);
}

/** How far the output (or filter) position can move until the last member dies. */
function roomAhead(
  { bounds }: KernelModel,
  state: KernelState,
  axis: SlidingAxis,
  p: number,
  r: number,
  isOutput: boolean,
): number {
  const { outputOffsets, filterOffsets, members } = state.ragged.group;
  let room = 0;
  for (let member = 0; member < members; member++) {
    const outputs = bounds[axis.output]! - 1 - p - outputOffsets[member]!;
    const filters = bounds[axis.filter]! - 1 - r - filterOffsets[member]!;
    if (outputs >= 0 && filters >= 0) room = Math.max(room, isOutput ? outputs : filters);
  }
  return room;
}

/** The union of the members' clipped boxes at one time. */
function findBox({ bounds }: KernelModel, state: KernelState, sum: AxisSum, p: number, r: number): void {
  const { extents } = state.nest;
  const { group } = state.ragged;
  const { output, filter, stride, dilation } = sum.axis;
  const child = (sum.boundary + 1) * DIM_COUNT;
  let width = 0;
  for (let member = 0; member < group.members; member++) {
    const outputs = Math.min(extents[child + output]!, bounds[output]! - p - group.outputOffsets[member]!);
    const filters = Math.min(extents[child + filter]!, bounds[filter]! - r - group.filterOffsets[member]!);
    if (outputs <= 0 || filters <= 0) continue;
    width = Math.max(width, stride * (outputs - 1) + dilation * (filters - 1) + 1);
  }
  group.isLive = width > 0;
  group.start = stride * (p + group.outputOffsets[0]!) + dilation * (r + group.filterOffsets[0]!);
  group.end = group.start + width;
}
