import type { Accelerator } from '../accelerator/accelerator.ts';
import type { LevelMapping, Mapping, SpatialLoop } from '../mapping/mapping.ts';
import { coveredBounds } from '../mapping/nest.ts';
import { DIMS, TENSORS, type TensorName } from '../util/vocabulary.ts';
import type { Problem } from '../workload/problem.ts';

/** Sizes and names that packed mappings of one problem on one accelerator have in common. */
export interface PackedLayout {
  readonly levelCount: number;
  /** Array dimensions of the level that has most of them (at least 1): the second index of `spatial`. */
  readonly arrayCount: number;
  /** Names of the array dimensions per level, outermost level first. */
  readonly arrayNames: readonly (readonly string[])[];
  readonly problem: Problem;
}

/**
 * A mapping in typed arrays, dims and tensors numbered as in DIMS and TENSORS, levels outermost first. At most one temporal loop per dim
 * and level. Bounds are positive integers; a bound of 1 is no loop. Whoever writes the arrays keeps `order` a permutation per level.
 */
export interface PackedMapping {
  /** [level * 8 + dim]: bounds of temporal loops. */
  readonly temporal: Float64Array;
  /** [level * 8 + place]: dims of the level's temporal loops from outer to inner, all eight. */
  readonly order: Uint8Array;
  /**
   * [(level * arrayCount + array) * 8 + dim]: bounds of spatial loops, 1 on array dimensions that the level lacks. Of one dim on two array
   * dimensions of a level, the loop on the first is outside.
   */
  readonly spatial: Float64Array;
  /** [level]: bit t set: tensor t is kept. */
  readonly keep: Uint8Array;
  /** [level]: bit t set: tensor t uses no multicast or spatial reduction below the level. */
  readonly noMulticast: Uint8Array;
}

/** The layout for a problem on an accelerator. */
export function packedLayout(problem: Problem, accelerator: Accelerator): PackedLayout {
  const arrayNames = accelerator.levels.map((level) => level.fanOut.dimensions.map((dimension) => dimension.name));
  return {
    levelCount: accelerator.levels.length,
    arrayCount: Math.max(1, ...arrayNames.map((names) => names.length)),
    arrayNames,
    problem,
  };
}

/** A packed mapping without loops that keeps every tensor everywhere and multicasts. */
export function emptyPackedMapping(layout: PackedLayout): PackedMapping {
  const { levelCount, arrayCount } = layout;
  return {
    temporal: new Float64Array(levelCount * DIMS.length).fill(1),
    order: Uint8Array.from({ length: levelCount * DIMS.length }, (_, i) => i % DIMS.length),
    spatial: new Float64Array(levelCount * arrayCount * DIMS.length).fill(1),
    keep: new Uint8Array(levelCount).fill(2 ** TENSORS.length - 1),
    noMulticast: new Uint8Array(levelCount),
  };
}

/** The same mapping in arrays of its own. */
export function copyPackedMapping({ temporal, order, spatial, keep, noMulticast }: PackedMapping): PackedMapping {
  return {
    temporal: temporal.slice(),
    order: order.slice(),
    spatial: spatial.slice(),
    keep: keep.slice(),
    noMulticast: noMulticast.slice(),
  };
}

/**
 * Packs a mapping, or returns null when the packed form cannot hold it: another number of levels, several loops of one dim in one temporal
 * block or on one array dimension, an array dimension that the level lacks, a bound that is no positive integer up to 2^53, or a ragged dim
 * on two array dimensions of a level in an order other than the level's own (legality depends on it).
 */
export function packMapping(layout: PackedLayout, mapping: Mapping): PackedMapping | null {
  if (mapping.levels.length !== layout.levelCount) return null;
  const packed = emptyPackedMapping(layout);
  const covered = coveredBounds(mapping);
  for (const [index, level] of mapping.levels.entries()) {
    if (!packTemporal(packed, index, level)) return null;
    for (const [place, loop] of level.spatial.entries()) {
      if (loop.bound === 1) continue;
      const array = layout.arrayNames[index]!.indexOf(loop.array);
      const at = (index * layout.arrayCount + array) * DIMS.length + DIMS.indexOf(loop.dim);
      if (array < 0 || !isBound(loop.bound) || packed.spatial[at] !== 1) return null;
      const isRagged = covered[loop.dim] !== layout.problem.bounds[loop.dim];
      if (isRagged && isOutOfOrder(layout.arrayNames[index]!, level.spatial.slice(place + 1), loop)) return null;
      packed.spatial[at] = loop.bound;
    }
    packed.keep[index] = tensorBits(level.keep);
    packed.noMulticast[index] = tensorBits(level.noMulticast);
  }
  return packed;
}

/** The mapping that a packed one stands for; loops of bound 1 are left out. */
export function unpackMapping(layout: PackedLayout, packed: PackedMapping): Mapping {
  const levels = layout.arrayNames.map((names, index): LevelMapping => {
    const places = Array.from(packed.order.subarray(index * DIMS.length, (index + 1) * DIMS.length));
    const spatial = names.flatMap((array, a) =>
      DIMS.map(
        (dim, d): SpatialLoop => ({
          dim,
          array,
          bound: packed.spatial[(index * layout.arrayCount + a) * DIMS.length + d]!,
        }),
      ),
    );
    return {
      temporal: places
        .map((d) => ({ dim: DIMS[d]!, bound: packed.temporal[index * DIMS.length + d]! }))
        .filter((loop) => loop.bound !== 1),
      spatial: spatial.filter((loop) => loop.bound !== 1),
      keep: TENSORS.filter((_, t) => (packed.keep[index]! >> t) & 1),
      noMulticast: TENSORS.filter((_, t) => (packed.noMulticast[index]! >> t) & 1),
    };
  });
  return { levels };
}

function packTemporal(packed: PackedMapping, index: number, level: LevelMapping): boolean {
  const base = index * DIMS.length;
  let place = 0;
  for (const { dim, bound } of level.temporal) {
    if (bound === 1) continue;
    const d = DIMS.indexOf(dim);
    if (!isBound(bound) || packed.temporal[base + d] !== 1) return false;
    packed.temporal[base + d] = bound;
    packed.order[base + place++] = d;
  }
  for (let d = 0; d < DIMS.length; d++) if (packed.temporal[base + d] === 1) packed.order[base + place++] = d;
  return true;
}

function isBound(bound: number): boolean {
  return Number.isSafeInteger(bound) && bound >= 1;
}

/** Whether a loop further inside is of the same dim on an earlier array dimension. */
function isOutOfOrder(names: readonly string[], inner: readonly SpatialLoop[], loop: SpatialLoop): boolean {
  const own = names.indexOf(loop.array);
  return inner.some((other) => other.bound > 1 && other.dim === loop.dim && names.indexOf(other.array) < own);
}

function tensorBits(tensors: readonly TensorName[]): number {
  return tensors.reduce((bits, tensor) => bits | (1 << TENSORS.indexOf(tensor)), 0);
}
