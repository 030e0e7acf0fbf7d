import type { Accelerator } from '../../../accelerator/accelerator.ts';
import { DIMS, type Dim } from '../../../util/vocabulary.ts';
import type { SpatialChoice } from './spatial-choices.ts';
import { MOST_LISTED, SpatialSpace, type SpatialSpec } from './spatial-space.ts';

/** What is kept in all, counted in listed choices: about 25 MB. */
const MOST_KEPT = 25_000;
/** What a space weighs beside its list. */
const OWN_WEIGHT = 4;
/** What a space weighs whose choices are not listed. */
const UNLISTED_WEIGHT = 5_000;

/** Spaces with the same choices: they differ in dims that no array spreads. */
interface Group {
  /** Spaces of equal arrays hold on to a single accelerator. */
  readonly accelerator: Accelerator;
  list: readonly SpatialChoice[] | null;
  readonly spaces: Map<string, SpatialSpace>;
  weight: number;
}

/** Groups by what their choices follow from, the one asked for longest ago first. */
const groups = new Map<string, Group>();
let kept = 0;

/**
 * The spatial choices that keep to the constraints. Searches ask for many steps that differ only in where their operands are, or in rows and columns of their
 * tiles, so spaces are kept for the next one that follows from the same: equal questions get the same objects.
 */
export function spatialSpace(spec: SpatialSpec): SpatialSpace {
  const group = groupOf(spec);
  const key = DIMS.map((dim) => spec.bounds[dim]).join();
  const known = group.spaces.get(key);
  if (known !== undefined) return known;
  const made = new SpatialSpace({ ...spec, accelerator: group.accelerator }, MOST_LISTED, (space) => {
    group.list ??= space.all();
    return group.list;
  });
  if (group.spaces.size === 0) grow(group, made.list?.length ?? 0);
  grow(group, made.list === null ? UNLISTED_WEIGHT : OWN_WEIGHT);
  group.spaces.set(key, made);
  forget();
  return made;
}

/** The group of a question, as the one asked for last. */
function groupOf(spec: SpatialSpec): Group {
  const { accelerator, bounds, factors, constraints } = spec;
  const spread = DIMS.map((dim) => (isSpread(dim, spec) ? bounds[dim] : 1));
  const key = JSON.stringify([arraysKey(accelerator), spread, factors, constraints.levels]);
  const group = groups.get(key) ?? { accelerator, list: null, spaces: new Map<string, SpatialSpace>(), weight: 0 };
  groups.delete(key);
  groups.set(key, group);
  return group;
}

function grow(group: Group, weight: number): void {
  group.weight += weight;
  kept += weight;
}

/** Forgets what was asked for longest ago until the rest is light enough: in the end the very last group, whose spaces have become too many. */
function forget(): void {
  for (const [key, group] of groups) {
    if (kept <= MOST_KEPT) return;
    groups.delete(key);
    kept -= group.weight;
  }
}

/** Whether spatial choices depend on the bound of a dim: no loop of others runs on any array, and whatever remains can be split. */
function isSpread(dim: Dim, { accelerator, constraints }: SpatialSpec): boolean {
  const isParallel = accelerator.levels.some(({ fanOut }) =>
    fanOut.dimensions.some(({ parallelDims }) => parallelDims === 'any' || parallelDims.includes(dim)),
  );
  return isParallel || constraints.levels.some(({ temporal }) => temporal?.[dim] !== undefined);
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
