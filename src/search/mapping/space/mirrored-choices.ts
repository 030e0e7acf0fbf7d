import { DIM_COUNT, type KernelModel, P, Q, R, S } from '../../../cost/kernel/model.ts';
import type { Mapspace } from '../mapspace.ts';
import type { SpatialChoice } from './spatial-choices.ts';

/**
 * Spatial choices without those whose mirror image (P and Q exchanged, and R and S) is another choice. Where rows and columns of a layer are alike,
 * mirroring a whole mapping changes no count, so both have the same optimum. Constraints on temporal loops may tell the two apart.
 */
export function withoutMirrorImages(mapspace: Mapspace, choices: readonly SpatialChoice[]): readonly SpatialChoice[] {
  if (!hasMirrorImages(mapspace)) return choices;
  const known = halves.get(choices);
  if (known !== undefined) return known;
  const smaller = new Set<string>();
  const sides = choices.map(({ bounds, hops }) => {
    const side = comparedWithImage(bounds);
    if (side < 0) smaller.add(keyOf(bounds, hops));
    return side;
  });
  const half = choices.filter(({ bounds, hops }, i) => sides[i]! <= 0 || !smaller.has(keyOf(mirrored(bounds), hops)));
  halves.set(choices, half);
  return half;
}

/** Whether a choice is one of those of {@link withoutMirrorImages}, without a list of all. */
export function isKeptOfMirrorImages(mapspace: Mapspace, { bounds, hops }: SpatialChoice): boolean {
  return (
    !hasMirrorImages(mapspace) ||
    comparedWithImage(bounds) <= 0 ||
    !mapspace.spatial.has({ bounds: mirrored(bounds), hops })
  );
}

/** Whether mirroring a mapping changes no count and breaks no constraint. */
function hasMirrorImages({ model, constraints }: Mapspace): boolean {
  const isFree = constraints.levels.every(({ temporal, order }) => temporal === undefined && order === undefined);
  return isFree && isSquare(model) && !hasSides(model);
}

/** Of lists asked for before: which of two images goes follows from the list alone. */
const halves = new WeakMap<readonly SpatialChoice[], readonly SpatialChoice[]>();

/** Words take as many hops in the mirror image, if its loops run on the same axes. */
function keyOf(bounds: Float64Array, hops: Float64Array): string {
  return `${bounds.join()} ${hops.join()}`;
}

/** Whether rows and columns are alike under the exact rule; Timeloop's tries not all orders, so its answer could depend on the side. */
function isSquare({ isTimeloop, bounds, rows, columns }: KernelModel): boolean {
  return (
    !isTimeloop &&
    bounds[P] === bounds[Q] &&
    bounds[R] === bounds[S] &&
    rows.stride === columns.stride &&
    rows.dilation === columns.dilation &&
    rows.length === columns.length &&
    rows.padded === columns.padded &&
    rows.storedFrom === columns.storedFrom &&
    rows.storedTo === columns.storedTo
  );
}

/** Whether rows or columns of a tensor are stored next to each other, so that a request moves several of the one and not of the other. */
function hasSides({ overheads }: KernelModel): boolean {
  return overheads.layout.some((dims) => dims?.some((d) => d === P || d === Q || d === R || d === S) ?? false);
}

/** Negative when spatial bounds come before their mirror image, 0 when they are their own. */
function comparedWithImage(bounds: Float64Array): number {
  for (let level = 0; level < bounds.length; level += DIM_COUNT) {
    const difference = bounds[level + P]! - bounds[level + Q]! || bounds[level + R]! - bounds[level + S]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function mirrored(bounds: Float64Array): Float64Array {
  const image = bounds.slice();
  for (let level = 0; level < bounds.length; level += DIM_COUNT) {
    image[level + P] = bounds[level + Q]!;
    image[level + Q] = bounds[level + P]!;
    image[level + R] = bounds[level + S]!;
    image[level + S] = bounds[level + R]!;
  }
  return image;
}
