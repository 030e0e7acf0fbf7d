import type { Layer, Network } from './network.ts';

/** Some layers of a network as a network that knows which others there are; the graph stays that of the whole. */
export function networkPart(network: Network, layers: readonly Layer[]): Network {
  const names = new Set(layers.map(({ name }) => name));
  const left = network.layers.flatMap(({ name }) => (names.has(name) ? [] : [name]));
  if (left.length === 0) return { ...network, layers };
  return { ...network, layers, others: [...(network.others ?? []), ...left] };
}

/** What figures are of: `resnet18`, or `2 of 12 layers of resnet18`. @param layers how many it has figures of; @param all how many there are */
export function partTitle(name: string, layers: number, all: number): string {
  return layers < all ? `${layers} of ${all} layers of ${name}` : name;
}

/** {@link partTitle} of a network. */
export function networkTitle({ name, layers, others = [] }: Pick<Network, 'name' | 'layers' | 'others'>): string {
  return partTitle(name, layers.length, layers.length + others.length);
}

/** The names of layers that figures leave out, as far as a reader takes them in. */
export function othersText(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return more > 1 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ');
}

const MOST_NAMED = 24;
