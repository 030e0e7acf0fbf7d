import { product } from '../../../util/integers.ts';
import type { Flow } from '../../../workload/graph/graph-builder.ts';
import type { Activation } from '../../../workload/layers.ts';

/** Where a dim of a tensor is in an activation: among its inputs that run together, channels, rows or columns. */
export type Place = 0 | 1 | 2 | 3;

/** A tensor as it flows. */
export interface Placed {
  readonly flow: Flow;
  /** One per dim of the tensor; undefined where its dims cut across those of the activation. */
  readonly places: readonly Place[] | undefined;
}

/** Sizes of inputs, channels, rows and columns of dims in these places. */
export function sizesIn(dims: readonly number[], places: readonly Place[]): [number, number, number, number] {
  const sizes: [number, number, number, number] = [1, 1, 1, 1];
  for (const [axis, place] of places.entries()) sizes[place] *= dims[axis] ?? 1;
  return sizes;
}

/** The activation of dims in these places. @param form at least this: columns make a map, rows a sequence */
export function activationIn(
  dims: readonly number[],
  places: readonly Place[],
  form: Activation['form'] = formOf(places),
): Activation {
  const [, channels, rows, columns] = sizesIn(dims, places);
  const least = columns > 1 ? 'map' : rows > 1 ? 'sequence' : 'vector';
  const order = ['vector', 'sequence', 'map'] as const;
  return { channels, size: [rows, columns], form: order.indexOf(form) < order.indexOf(least) ? least : form };
}

function formOf(places: readonly Place[]): Activation['form'] {
  return places.includes(3) ? 'map' : places.includes(2) ? 'sequence' : 'vector';
}

/**
 * Places of dims as exporters order them: [N, C, H, W] is a map, [N, T, F] a sequence of T tokens, [N, F] a vector; further axes of a map join its rows.
 * Tensors whose first dim is not the batch are sequences. Undefined where the batch is a part of a dim.
 */
export function usualPlaces(dims: readonly number[], batch: number): readonly Place[] | undefined {
  if (dims.length < 2) return dims.map(() => 1);
  if (dims[0] !== batch && dims[0] !== 1) {
    if (batch > 1) return undefined;
    return [...dims.slice(1).map((): Place => 2), 1];
  }
  if (dims.length === 2) return [0, 1];
  if (dims.length === 3) return [0, 2, 1];
  return [0, 1, ...dims.slice(3).map((): Place => 2), 3];
}

/** An activation of this many words for each of `batch` inputs where dims have no places: the last dim are the channels, if they divide it. */
export function plainActivation(dims: readonly number[], batch: number): Activation {
  const words = product(dims) / batch;
  const last = dims.at(-1) ?? 1;
  if (last > 0 && Number.isInteger(words / last)) return { channels: last, size: [words / last, 1], form: 'sequence' };
  return { channels: words, size: [1, 1], form: 'vector' };
}

/** Whether two activations have the same sizes and form. */
export function isSameActivation(a: Activation, b: Activation): boolean {
  return a.form === b.form && a.channels === b.channels && a.size[0] === b.size[0] && a.size[1] === b.size[1];
}

/**
 * Places of the dims of a reshaped tensor: a dim that is split gives its place to its parts, dims that are merged must be in one place.
 * Undefined where they are not.
 */
export function reshapedPlaces(
  before: readonly number[],
  places: readonly Place[] | undefined,
  after: readonly number[],
): readonly Place[] | undefined {
  if (places === undefined) return undefined;
  const found: Place[] = after.map((_, axis) => (axis === 0 ? (places[0] ?? 1) : 1));
  let from = 0;
  let [left, right] = [1, 1];
  let open: number[] = [];
  let place: Place | undefined;
  for (const [to, dim] of after.entries()) {
    if (dim === 1) {
      if (to > 0) found[to] = found[to - 1]!;
      continue;
    }
    right *= dim;
    open.push(to);
    while (left < right && from < before.length) {
      const next = from++;
      if (before[next] === 1) continue;
      left *= before[next]!;
      if (place !== undefined && place !== places[next]) return undefined;
      place = places[next]!;
    }
    if (place === undefined) return undefined;
    for (const axis of open) found[axis] = place;
    if (left !== right) continue;
    [left, right, open, place] = [1, 1, [], undefined];
  }
  return left === right ? found : undefined;
}
