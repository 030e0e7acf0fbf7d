import { TrifoldError } from '../util/errors.ts';
import { suggestWord } from '../util/suggestion.ts';
import type { Layer, Network } from './network.ts';
import { networkPart } from './network-part.ts';

/**
 * The layers of a network that patterns name, each once and in the network's order; all where there is no pattern. A pattern is a name, or has `*`
 * for any characters and `?` for any one; a name that a layer has is taken as it is.
 * @throws TrifoldError `not-found` for a pattern that names no layer, with the nearest names
 */
export function selectLayers({ name, layers }: Network, patterns: string | readonly string[] = []): readonly Layer[] {
  const asked = [patterns].flat();
  if (asked.length === 0) return layers;
  const names = layers.map((layer) => layer.name);
  const selected = new Set<string>();
  for (const pattern of asked) {
    const matches = names.includes(pattern) ? [pattern] : names.filter(matcherOf(pattern));
    if (matches.length === 0)
      throw new TrifoldError(
        'not-found',
        `${name} has no layer ${pattern.length > MOST_SHOWN ? `${pattern.slice(0, MOST_SHOWN)} …` : pattern}`,
        {
          hint: suggestWord(pattern.replaceAll(/[*?]/g, ''), names),
        },
      );
    for (const match of matches) selected.add(match);
  }
  return layers.filter((layer) => selected.has(layer.name));
}

/** Characters of a pattern that an error repeats. */
const MOST_SHOWN = 200;

/** Matches in time of pattern times name: a star that turns out too short takes one more character, and no star before it is tried again. */
function matcherOf(pattern: string): (name: string) => boolean {
  const wanted = [...pattern];
  return (name) => {
    const given = [...name];
    let at = 0;
    let star = -1;
    let taken = 0;
    for (let i = 0; i < given.length; ) {
      if (wanted[at] === '*') {
        star = at++;
        taken = i;
      } else if (wanted[at] === '?' || wanted[at] === given[i]) {
        at++;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++taken;
      } else return false;
    }
    while (wanted[at] === '*') at++;
    return at === wanted.length;
  };
}

/** The part of a network that patterns name, all of it where there is no pattern; the graph stays that of the whole. @throws as {@link selectLayers} */
export function selectNetwork(network: Network, patterns: string | readonly string[] = []): Network {
  return networkPart(network, selectLayers(network, patterns));
}
