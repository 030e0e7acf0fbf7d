import { C, DIM_COUNT, K, N, P, Q, R, S } from '../../../cost/kernel/model.ts';

/** Dims irrelevant to Weights, to Inputs and to Outputs (bit d = dim d): every dim but G is irrelevant to exactly one tensor. */
export const IRRELEVANT: readonly [number, number, number] = [
  (1 << N) | (1 << P) | (1 << Q),
  1 << K,
  (1 << C) | (1 << R) | (1 << S),
];

/** All dims. */
export const ALL_DIMS: readonly number[] = Array.from({ length: DIM_COUNT }, (_, d) => d);

/** [tensor]: the dims of {@link IRRELEVANT} as lists. */
export const IRRELEVANT_DIMS: readonly [readonly number[], readonly number[], readonly number[]] = [
  dimsOf(IRRELEVANT[0]),
  dimsOf(IRRELEVANT[1]),
  dimsOf(IRRELEVANT[2]),
];

/** The tensor that each dim is irrelevant to, -1 for G. */
export const STATIONARY_FOR: readonly number[] = ALL_DIMS.map((d) =>
  IRRELEVANT.findIndex((mask) => ((mask >> d) & 1) !== 0),
);

const cache = new Map<number, readonly Uint8Array[]>();

/**
 * Orders of the loops of one level that suffice for an optimum, each from the innermost loop outwards.
 *
 * Order matters through (a) the irrelevant loops innermost for Weights or Outputs (their stationary run) and (b) the loops inside the first
 * one that moves Inputs without overlap: K and the dims of sliding axes. Call the former's dims chain dims, all others breakers. Take any
 * order. If its first breaker does not extend a stationary run, moving that breaker outside all chain dims keeps the runs and only adds
 * overlap. If it does extend the run of a tensor, all loops inside it belong to the run, and moving the remaining loops of that
 * group inwards next to it lengthens the run and does not break overlap. So two kinds remain: all chain dims in any order, then the
 * breakers; and the chain dims of one group in any order, then the breakers of that group, then the rest.
 *
 * @param active bit d set: the level has a loop over dim d with bound > 1
 * @param sliding bit d set: dim d belongs to an axis on which input tiles can overlap
 */
export function sufficientOrders(active: number, sliding: number): readonly Uint8Array[] {
  const key = (active << DIM_COUNT) | sliding;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const chainMask = sliding | IRRELEVANT[1];
  const chain = dimsOf(active & chainMask);
  const breakers = dimsOf(active & ~chainMask);
  const orders = new Map<string, number[]>();
  const add = (order: number[]) => orders.set(order.join(), order);
  for (const group of [IRRELEVANT[0], IRRELEVANT[2]]) {
    const extending = breakers.filter((d) => ((group >> d) & 1) !== 0);
    if (extending.length === 0) continue;
    const inside = chain.filter((d) => ((group >> d) & 1) !== 0);
    for (const run of permutations(inside)) {
      const used = [...run, ...extending];
      add([...used, ...dimsOf(active).filter((d) => !used.includes(d))]);
    }
  }
  if (chain.length > 0 || orders.size === 0) for (const order of permutations(chain)) add([...order, ...breakers]);
  const result = [...orders.values()].map((order) => Uint8Array.from(order));
  cache.set(key, result);
  return result;
}

/** All orders of the loops of one level, from the innermost outwards; those over `first` stay innermost in this order. */
export function allOrders(active: number, first: readonly number[]): readonly Uint8Array[] {
  const fixed = first.filter((d) => ((active >> d) & 1) !== 0);
  const free = dimsOf(active).filter((d) => !fixed.includes(d));
  return permutations(free).map((order) => Uint8Array.from([...fixed, ...order]));
}

/** Dims of a mask, ascending. */
export function dimsOf(mask: number): number[] {
  return ALL_DIMS.filter((d) => ((mask >> d) & 1) !== 0);
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}
