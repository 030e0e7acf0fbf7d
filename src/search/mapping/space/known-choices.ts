import type { Accelerator } from '../../../accelerator/accelerator.ts';
import type { MappingConstraints } from '../../../mapping/constraints.ts';
import type { PerDim } from '../../../util/vocabulary.ts';
import { withFixedBounds } from './fixed-bounds.ts';
import { type Factors, type SpatialChoice, spatialChoices } from './spatial-choices.ts';

/** Choices that are kept in all: about 50 MB. */
const MOST_KEPT = 50_000;

/** Lists by what they follow from, the one asked for longest ago first. */
const lists = new Map<string, readonly SpatialChoice[]>();
let kept = 0;

/**
 * The spatial choices that keep to the constraints, as {@link spatialChoices} and {@link withFixedBounds} list them. Searches ask for many steps that differ
 * only in where their operands are, so lists are kept for the next one that follows from the same: equal questions get the same objects.
 */
export function constrainedChoices(
  accelerator: Accelerator,
  bounds: PerDim<number>,
  factors: Factors,
  constraints: MappingConstraints,
): readonly SpatialChoice[] {
  const key = JSON.stringify([arraysKey(accelerator), bounds, factors, constraints.levels]);
  const known = lists.get(key);
  if (known !== undefined) {
    lists.delete(key);
    lists.set(key, known);
    return known;
  }
  const spread = spatialChoices(accelerator, bounds, factors, constraints);
  const made = withFixedBounds(spread, bounds, accelerator.levels.length, factors, constraints);
  kept += made.length;
  for (const [oldest, { length }] of lists) {
    if (kept <= MOST_KEPT) break;
    lists.delete(oldest);
    kept -= length;
  }
  lists.set(key, made);
  return made;
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
