import { K } from '../../../cost/kernel/model.ts';
import type { TileLattice } from '../tiles/tile-lattice.ts';

/** [dim][outer value]: places of the inner values that one temporal loop can lead to. */
export type InnerValues = readonly (readonly Uint16Array[])[];

/** For every point the least `source` over all points inside it along `dims`. */
export function minimizeInside(
  lattice: TileLattice,
  inner: InnerValues,
  source: Float64Array,
  dims: readonly number[],
): Float64Array {
  let least: Float64Array = source.slice();
  for (const d of dims) {
    if (lattice.values[d]!.length === 1) continue;
    const steps = lattice.divisorSteps[d]!;
    if (steps !== null && inner[d]!.every((places, j) => places.length === lattice.divisorCounts[d]![j]))
      minimizeOverDivisors(lattice, d, steps, least);
    else least = minimizeAlong(lattice, inner, least, d);
  }
  return least;
}

/** The least over all divisors of a dim's value, in place: prime by prime, each value takes over the least of the value without the prime. */
function minimizeOverDivisors(lattice: TileLattice, d: number, steps: Uint16Array, least: Float64Array): void {
  const stride = lattice.strides[d]!;
  const blockSize = stride * lattice.values[d]!.length;
  for (let block = 0; block < lattice.size; block += blockSize)
    for (let k = 0; k < steps.length; k += 2) {
      const to = block + steps[k]! * stride;
      const offset = (steps[k + 1]! - steps[k]!) * stride;
      for (let i = to; i < to + stride; i++) if (least[i + offset]! < least[i]!) least[i] = least[i + offset]!;
    }
}

/** The same along one dim for any choice of inner values. */
function minimizeAlong(lattice: TileLattice, inner: InnerValues, from: Float64Array, d: number): Float64Array {
  const count = lattice.values[d]!.length;
  const stride = lattice.strides[d]!;
  const to = new Float64Array(lattice.size);
  for (let block = 0; block < lattice.size; block += stride * count)
    for (let j = 0; j < count; j++) {
      const target = block + j * stride;
      const places = inner[d]![j]!;
      if (places.length === 0) {
        to.fill(Number.POSITIVE_INFINITY, target, target + stride);
        continue;
      }
      const first = block + places[0]! * stride;
      for (let i = 0; i < stride; i++) to[target + i] = from[first + i]!;
      for (let k = 1; k < places.length; k++) {
        const offset = block + places[k]! * stride;
        for (let i = 0; i < stride; i++) if (from[offset + i]! < to[target + i]!) to[target + i] = from[offset + i]!;
      }
    }
  return to;
}

/**
 * The same along K with Inputs stationary through the level's K loop: their sums, by point, are divided by its bound, but for those that come in at least.
 * @param leastInputs [point]: sums of Inputs if no step of K took any anew
 */
export function minimizeOverK(
  lattice: TileLattice,
  inner: InnerValues,
  source: Float64Array,
  inputs: Float64Array,
  leastInputs: Float64Array,
): Float64Array {
  const count = lattice.values[K]!.length;
  const stride = lattice.strides[K]!;
  const above = lattice.above[K]!;
  const to = new Float64Array(lattice.size);
  for (let block = 0; block < lattice.size; block += stride * count)
    for (let j = 0; j < count; j++) {
      const target = block + j * stride;
      to.fill(Number.POSITIVE_INFINITY, target, target + stride);
      for (const place of inner[K]![j]!) {
        const offset = block + place * stride;
        const share = above[j]! / above[place]!;
        for (let i = 0; i < stride; i++) {
          const sum = source[offset + i]! + Math.max(inputs[offset + i]! * share, leastInputs[offset + i]!);
          if (sum < to[target + i]!) to[target + i] = sum;
        }
      }
    }
  return to;
}
