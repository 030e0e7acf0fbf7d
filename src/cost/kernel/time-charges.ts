import { filledCycles } from '../level-overheads.ts';
import { type KernelState, TOTAL_SERIAL } from './kernel-state.ts';
import { DIM_COUNT, type KernelModel, TENSOR_COUNT, WEIGHTS } from './model.ts';

/**
 * Adds what launches, loads of stationary weights, ramps and transfers without overlap take to the cycles of the levels, with the operations of the reference.
 * @param cycles the most of compute and transfers
 * @returns the most of all
 */
export function chargeTimes(model: KernelModel, state: KernelState, cycles: number): number {
  const { launchCycles: launchOf, rampCycles, hasFill, fillCycles, leastRows, isSerial } = model.overheads;
  const { levelCycles, launchCycles, transferCycles, arrayCycles, totals } = state.costs;
  const computeCycles = state.loops.timeSteps[model.levelCount - 1]!;
  let slowest = cycles;
  let array = computeCycles;
  let serial = 0;
  for (let level = 0; level < model.levelCount; level++) {
    let launch = 0;
    let filled = computeCycles;
    if (hasFill[level]! !== 0)
      filled = filledCycles(fillCycles[level]!, leastRows[level]!, weightLoads(model, state, level), computeCycles);
    if (launchOf[level]! > 0 || rampCycles[level]! > 0) {
      const visits = visitsOf(state, level);
      launch = visits * launchOf[level]!;
      filled += rampCycles[level]! * visits;
    }
    launchCycles[level] = launch;
    arrayCycles[level] = filled;
    if (isSerial[level]! !== 0) serial += transferCycles[level]!;
    const own = Math.max(levelCycles[level]!, launch, filled);
    levelCycles[level] = own;
    array = Math.max(array, filled);
    slowest = Math.max(slowest, own);
  }
  totals[TOTAL_SERIAL] = array + serial;
  return Math.max(slowest, array + serial);
}

/** Tiles of a level that are really executed: all index combinations outside it, without those behind ragged edges. */
function visitsOf(state: KernelState, level: number): number {
  if (state.nest.raggedDims === 0) return level === 0 ? 1 : state.loops.timeSteps[level - 1]!;
  const { live } = state.ragged;
  let visits = 1;
  for (let at = level * DIM_COUNT; at < (level + 1) * DIM_COUNT; at++) visits *= live[at]!;
  return visits;
}

/** Executed steps of the loops up to the innermost one over a dim of Weights, outside the next level inside that keeps them. */
function weightLoads(model: KernelModel, state: KernelState, level: number): number {
  const { loops, nest, packed } = state;
  let last = level;
  while (last + 1 < model.levelCount && (packed.keep[last + 1]! & (1 << WEIGHTS)) === 0) last++;
  if (nest.raggedDims === 0) return loops.refetches[last * TENSOR_COUNT + WEIGHTS]!;
  const relevant = model.relevant[WEIGHTS]!;
  let innermost = loops.end[last]! - 1;
  while (innermost >= 0 && ((relevant >> loops.dim[innermost]!) & 1) === 0) innermost--;
  if (innermost < 0) return 1;
  const { live } = state.ragged;
  const own = loops.level[innermost]!;
  let run = 0;
  for (let i = innermost; i >= 0 && loops.level[i] === own; i--) run |= 1 << loops.dim[i]!;
  let loads = 1;
  for (let d = 0; d < DIM_COUNT; d++) loads *= live[(own + ((run >> d) & 1)) * DIM_COUNT + d]!;
  return loads;
}
