import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { type SourcePlace, TrifoldError } from '../../util/errors.ts';
import { DOCUMENT_LIMITS, overLimit } from './limits.ts';
import type { YamlText } from './yaml-text.ts';

/** Plain data of a YAML document, and where its values stand. */
export interface YamlData {
  readonly data: unknown;
  /** Offset of the value at a path (with `'key'`: of its key), or of its nearest ancestor that exists. */
  readonly offsetOf: (path: readonly PropertyKey[], part: 'key' | 'value') => number;
}

/** What an anchor stands for. */
interface Anchored {
  readonly node: unknown;
  data: unknown;
  /** Values in it; undefined while it is being read. */
  values: number | undefined;
}

/**
 * Turns a parsed text into plain data: one walk in the order of the text, in which every anchor, key and place is looked up once.
 * @throws TrifoldError with the place for duplicate keys, keys that are no text, unknown anchors, control characters and what exceeds {@link DOCUMENT_LIMITS}
 */
export function readYamlData({ yaml, at }: YamlText): YamlData {
  const reader = new DataReader(at);
  const data = reader.read(yaml.contents);
  return { data, offsetOf: (path, part) => reader.offsetOf(yaml.contents, path, part) };
}

class DataReader {
  readonly #at: (offset: number) => SourcePlace;
  readonly #anchors = new Map<string, Anchored>();
  readonly #targets = new Map<unknown, unknown>();
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  #values = 0;

  constructor(at: (offset: number) => SourcePlace) {
    this.#at = at;
  }

  read(node: unknown): unknown {
    if (node === null || node === undefined) return null;
    if (isAlias(node)) {
      const target = this.#target(node);
      this.#count(target.values ?? 0, node);
      return target.data;
    }
    const before = this.#values;
    this.#count(1, node);
    const anchored = this.#anchor(node);
    const data = isMap(node)
      ? this.#map(node)
      : isSeq(node)
        ? this.#list(node)
        : isScalar(node)
          ? this.#scalar(node.value, node)
          : null;
    if (anchored !== undefined) {
      anchored.data = data;
      anchored.values = this.#values - before;
    }
    return data;
  }

  offsetOf(root: unknown, path: readonly PropertyKey[], part: 'key' | 'value'): number {
    let node = root;
    let offset = startOf(node) ?? 0;
    for (const [depth, key] of path.entries()) {
      const collection = this.#targets.get(node) ?? node;
      const pair = isMap(collection) ? this.#pairsOf(collection).get(String(key)) : undefined;
      const next: unknown = isSeq(collection) ? collection.items[Number(key)] : pair?.value;
      const wantsKey = part === 'key' && depth === path.length - 1;
      const nextOffset = (wantsKey ? startOf(pair?.key) : undefined) ?? startOf(next) ?? startOf(pair?.key);
      if (nextOffset === undefined) return offset;
      offset = nextOffset;
      node = next;
    }
    return offset;
  }

  #map(map: YAMLMap): Record<string, unknown> {
    if (map.items.length > DOCUMENT_LIMITS.mapKeys) throw overLimit('mapKeys', this.#place(map));
    const data: Record<string, unknown> = {};
    for (const pair of map.items) {
      const key = this.#key(pair.key, map);
      if (Object.hasOwn(data, key))
        throw new TrifoldError('syntax', 'this key appears twice in one map', {
          place: this.#place(pair.key),
          hint: 'remove or rename one of the two',
        });
      data[key] = this.read(pair.value);
    }
    return data;
  }

  /** The pairs of a map by key; made when an error first needs them. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map<string, Pair>();
    for (const pair of map.items) {
      const key = this.#targets.get(pair.key) ?? pair.key;
      pairs.set(isScalar(key) && key.value !== null ? String(key.value) : '', pair);
    }
    this.#pairs.set(map, pairs);
    return pairs;
  }

  #key(node: unknown, map: YAMLMap): string {
    const place = this.#place(startOf(node) === undefined ? map : node);
    const text = this.read(node);
    if (typeof text === 'object' && text !== null)
      throw new TrifoldError('syntax', 'a map or list cannot be a key', {
        place,
        hint: 'is a quote or a line end missing?',
      });
    const key = text === null ? '' : String(text);
    if (key.length > DOCUMENT_LIMITS.keyCharacters) throw overLimit('keyCharacters', place);
    // Objects of JavaScript read it as something else than data.
    if (key === '__proto__') throw unknownProto(place);
    return key;
  }

  #list(list: YAMLSeq): unknown[] {
    if (list.items.length > DOCUMENT_LIMITS.listEntries) throw overLimit('listEntries', this.#place(list));
    return list.items.map((item) => this.read(item));
  }

  #scalar(value: unknown, node: unknown): unknown {
    const control = typeof value === 'string' ? controlCharacter(value) : undefined;
    if (control === undefined) return value;
    throw new TrifoldError('syntax', `this text has a control character, ${control}`, {
      place: this.#place(node),
      hint: 'remove it: a terminal would obey it',
    });
  }

  #anchor(node: unknown): Anchored | undefined {
    const name = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (name === undefined) return undefined;
    const anchored: Anchored = { node, data: undefined, values: undefined };
    this.#anchors.set(name, anchored);
    return anchored;
  }

  #target(alias: Alias): Anchored {
    const target = this.#anchors.get(alias.source);
    if (target === undefined)
      throw new TrifoldError('syntax', `no anchor &${alias.source} stands above this alias`, {
        place: this.#place(alias),
      });
    if (target.values === undefined)
      throw new TrifoldError('syntax', `the alias *${alias.source} stands within its own anchor`, {
        place: this.#place(alias),
      });
    this.#targets.set(alias, target.node);
    return target;
  }

  #count(values: number, node: unknown): void {
    this.#values += values;
    if (this.#values > DOCUMENT_LIMITS.values) throw overLimit('values', this.#place(node));
  }

  #place(node: unknown): SourcePlace {
    return this.#at(startOf(node) ?? 0);
  }
}

/** The refusal of a key that no format has and that objects of JavaScript would obey. */
export function unknownProto(place: SourcePlace): TrifoldError {
  return new TrifoldError('schema', "unknown key '__proto__'", { place, hint: 'remove it' });
}

/** The first character of a text that controls a terminal, as `U+001B`; line feeds and tabs do not count. */
function controlCharacter(text: string): string | undefined {
  const [found] = /(?![\n\r\t])\p{Cc}/u.exec(text) ?? [];
  return found === undefined ? undefined : `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
