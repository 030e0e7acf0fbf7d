import type { Accelerator } from '../../../accelerator/accelerator.ts';
import { SpatialSpace, type SpatialSpec } from './spatial-space.ts';

/** Choices that are kept listed in all: about 50 MB. */
const MOST_KEPT = 50_000;
/** What a space weighs whose choices are not listed. */
const UNLISTED = 10_000;

/** Spaces by what they follow from, the one asked for longest ago first. */
const spaces = new Map<string, SpatialSpace>();
let kept = 0;

/**
 * The spatial choices that keep to the constraints. Searches ask for many steps that differ only in where their operands are, so spaces are kept for the next
 * one that follows from the same: equal questions get the same objects.
 */
export function spatialSpace(spec: SpatialSpec): SpatialSpace {
  const { accelerator, bounds, factors, constraints } = spec;
  const key = JSON.stringify([arraysKey(accelerator), bounds, factors, constraints.levels]);
  const known = spaces.get(key);
  if (known !== undefined) {
    spaces.delete(key);
    spaces.set(key, known);
    return known;
  }
  const made = new SpatialSpace(spec);
  kept += weightOf(made);
  for (const [oldest, space] of spaces) {
    if (kept <= MOST_KEPT) break;
    spaces.delete(oldest);
    kept -= weightOf(space);
  }
  spaces.set(key, made);
  return made;
}

function weightOf({ list }: SpatialSpace): number {
  return list?.length ?? UNLISTED;
}

const keys = new WeakMap<Accelerator, string>();

/** What of an accelerator decides its spatial choices. */
function arraysKey(accelerator: Accelerator): string {
  const known = keys.get(accelerator);
  if (known !== undefined) return known;
  const arrays = accelerator.levels.map(({ fanOut: { dimensions, multicast, wires } }) => [
    dimensions.map(({ name, size, parallelDims }) => [name, size, parallelDims]),
    wires === undefined ? null : [wires.geometry, multicast],
  ]);
  const key = JSON.stringify(arrays);
  keys.set(accelerator, key);
  return key;
}
