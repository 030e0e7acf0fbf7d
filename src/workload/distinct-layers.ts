import { TENSORS } from '../util/vocabulary.ts';

import type { Layer, LayerShape } from './network.ts';
import { problemKey } from './problem.ts';
import type { ReadWords } from './read-words.ts';
import type { Residency } from './residency.ts';

/** Key that is equal for layers that cost the same on every accelerator. */
export function layerKey({ problem, wordBits, zeros, residency }: LayerShape): string {
  const shares = zeros === undefined ? '' : `;${zeros.Inputs ?? ''},${zeros.Outputs ?? ''}`;
  const home = residency === undefined ? '' : `;${residencyKey(residency)}`;
  return `${problemKey(problem)};${TENSORS.map((tensor) => wordBits[tensor]).join(',')}${shares}${home}`;
}

/** Equal for residencies that cost a layer the same: moves count whatever their order. */
function residencyKey({
  level,
  weights,
  inputs,
  outputs,
  activationBits,
  resumes,
  roomBits,
  moves,
}: Residency): string {
  const entries = (list: readonly ReadWords[]) =>
    list
      .map(({ words, wordBits }) => `${words}x${wordBits}`)
      .sort()
      .join('+');
  const home = outputs === 'outermost' ? '' : `${outputs}x${activationBits}${resumes === true ? 'r' : ''}`;
  const homes = `${weights ? 'w' : ''}${inputs ? 'i' : ''}${home}`;
  return `at ${level}:${homes};room ${roomBits ?? ''};fetched ${entries(moves.fetched)};drained ${entries(moves.drained)}`;
}

/** Layers that cost differently: all that cost the same share a place. */
export class DistinctLayers<T extends LayerShape> {
  /** By place: the first layer of each kind, in the order in which they came. */
  readonly layers: T[] = [];
  /** By place, see {@link layerKey}. */
  readonly keys: string[] = [];
  readonly #places = new Map<string, number>();

  /** The place of a layer; a new one when none before costs the same. */
  placeOf(layer: T): number {
    const key = layerKey(layer);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.layers.push(layer) - 1;
      this.keys.push(key);
      this.#places.set(key, place);
    }
    return place;
  }
}

/** Times that a list of layers runs each, by place, in the order in which the list first names them. */
export function repeatsOf(layers: readonly Layer[], distinct: DistinctLayers<Layer>): Map<number, number> {
  const repeats = new Map<number, number>();
  for (const layer of layers) {
    const place = distinct.placeOf(layer);
    repeats.set(place, (repeats.get(place) ?? 0) + layer.repeat);
  }
  return repeats;
}

/** The shapes of a network's layers, equal ones once. */
export interface DistinctShapes {
  /** In the order in which they first occur. */
  readonly shapes: readonly LayerShape[];
  /** Per layer of the network, the index of its shape. */
  readonly shapeOf: readonly number[];
}

/** Shapes that cost the same on every accelerator are one. */
export function distinctShapes({ layers }: { readonly layers: readonly LayerShape[] }): DistinctShapes {
  const distinct = new DistinctLayers();
  const shapeOf = layers.map((layer) => distinct.placeOf(layer));
  return { shapes: distinct.layers, shapeOf };
}
