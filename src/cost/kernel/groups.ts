import type { PackedMapping } from '../packed-mapping.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, OUTPUTS, R, S, type SlidingAxis, WEIGHTS } from './model.ts';
import type { KernelState } from './state.ts';

/** Whether children of a level with equal tiles share accesses of a tensor. */
export function isMulticast(model: KernelModel, packed: PackedMapping, level: number, tensor: number): boolean {
  return (((model.multicast[level]! & ~packed.noMulticast[level]!) >> tensor) & 1) !== 0;
}

/** Groups of children of one instance of `level` that are served apart: distinct shifts, or all children without multicast. */
export function groupsOf(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  level: number,
  tensor: number,
): number {
  const children = state.children[level]!;
  if (children === 1 || !isMulticast(model, packed, level, tensor)) return children;
  const { spatial } = state;
  const row = level * DIM_COUNT;
  if (tensor === WEIGHTS)
    return spatial[row + G]! * spatial[row + C]! * spatial[row + K]! * spatial[row + R]! * spatial[row + S]!;
  if (tensor === OUTPUTS) return children / (spatial[row + C]! * spatial[row + R]! * spatial[row + S]!);
  const plain = spatial[row + N]! * spatial[row + G]! * spatial[row + C]!;
  return plain * distinctShifts(model.rows, state, level) * distinctShifts(model.columns, state, level);
}

/** Distinct values of a*i + b*j, i < m, j < n, of a block's output and filter loops: pairs (i, j) and (i + b', j - a') coincide. */
function distinctShifts(axis: SlidingAxis, state: KernelState, level: number): number {
  const row = level * DIM_COUNT;
  const m = state.spatial[row + axis.output]!;
  const n = state.spatial[row + axis.filter]!;
  if (m === 1 || n === 1) return m * n;
  const a = axis.stride * state.extents[row + DIM_COUNT + axis.output]!;
  const b = axis.dilation * state.extents[row + DIM_COUNT + axis.filter]!;
  const divisor = greatestCommonDivisor(a, b);
  return m * n - Math.max(0, m - b / divisor) * Math.max(0, n - a / divisor);
}

/** Greatest common divisor of two positive integers. */
export function greatestCommonDivisor(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) {
    const rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

/**
 * Groups of exactly `size` children of a block on a sliding axis with equal shifts. Of the m x n children, (m - k b') (n - k a') have k
 * more behind them with the same shift.
 */
function groupsOfSize(axis: SlidingAxis, state: KernelState, level: number, size: number): number {
  return (
    followed(axis, state, level, size - 1) -
    2 * followed(axis, state, level, size) +
    followed(axis, state, level, size + 1)
  );
}

function followed(axis: SlidingAxis, state: KernelState, level: number, others: number): number {
  const row = level * DIM_COUNT;
  const a = axis.stride * state.extents[row + DIM_COUNT + axis.output]!;
  const b = axis.dilation * state.extents[row + DIM_COUNT + axis.filter]!;
  const divisor = greatestCommonDivisor(a, b);
  const outputs = state.spatial[row + axis.output]! - (others * b) / divisor;
  const filters = state.spatial[row + axis.filter]! - (others * a) / divisor;
  return Math.max(0, outputs) * Math.max(0, filters);
}

/**
 * Words of Inputs that each child of a level receives as Timeloop sums and truncates them: per multiplicity, ascending, words times groups
 * times multiplicity over children in doubles (`timeloopShare` of the reference). Exact but for several multiplicities in one block.
 */
export function timeloopShare(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  level: number,
  words: number,
): number {
  const { rows, columns } = model;
  const { spatial } = state;
  const row = level * DIM_COUNT;
  const rowSizes = Math.min(spatial[row + rows.output]!, spatial[row + rows.filter]!);
  const columnSizes = Math.min(spatial[row + columns.output]!, spatial[row + columns.filter]!);
  if (rowSizes * columnSizes === 1 || !isMulticast(model, packed, level, INPUTS)) return words;
  const children = state.children[level]!;
  const plain = spatial[row + N]! * spatial[row + G]! * spatial[row + C]!;
  let share = 0;
  for (let size = 1; size <= rowSizes * columnSizes; size++) {
    let groups = 0;
    for (let rowSize = 1; rowSize <= Math.min(size, rowSizes); rowSize++)
      if (size % rowSize === 0)
        groups += groupsOfSize(rows, state, level, rowSize) * groupsOfSize(columns, state, level, size / rowSize);
    if (groups > 0) share += (words * groups * plain * size * spatial[row + K]!) / children;
  }
  return Math.floor(share);
}
