import type { SourcePlace } from '../../util/errors.ts';
import { walkJson } from './json-walk.ts';

/** A value that is looked for, and those within it. */
interface Wanted {
  offset: number | undefined;
  keyOffset: number | undefined;
  readonly within: Map<string, Wanted>;
}

/** Offsets of values in a JSON text (with `'key'`: of their keys), or of their nearest ancestors that exist: one walk for all of them. */
export function jsonOffsets(
  text: string,
  values: readonly { readonly path: readonly PropertyKey[]; readonly part: 'key' | 'value' }[],
): number[] {
  const root = newWanted();
  for (const { path } of values) {
    let wanted = root;
    for (const key of path) {
      const name = String(key);
      const known = wanted.within.get(name);
      const next = known ?? newWanted();
      if (known === undefined) wanted.within.set(name, next);
      wanted = next;
    }
  }
  findAll(text, root);
  return values.map(({ path, part }) => offsetIn(root, path, part));
}

/** Offset of the first key that stands twice in a map, or that is refused by name. */
export function findKey(
  text: string,
  isRefused: (key: string) => boolean,
): { offset: number; key: string } | undefined {
  const seen: (Set<string> | null)[] = [];
  let found: { offset: number; key: string } | undefined;
  walkJson(text, {
    value: () => {},
    open: (isList) => seen.push(isList ? null : new Set()),
    close: () => seen.pop(),
    key: (from, to) => {
      if (found !== undefined) return;
      const key = keyText(text, from, to);
      const own = seen.at(-1);
      if (isRefused(key) || own?.has(key) === true) found = { offset: from, key };
      own?.add(key);
    },
  });
  return found;
}

/** Lines and columns of offsets in a text, in one pass. */
export function placesInText(text: string, file: string, offsets: readonly number[]): SourcePlace[] {
  const places = new Map<number, SourcePlace>();
  let line = 1;
  let start = 0;
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    for (let end = text.indexOf('\n', start); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
      line++;
      start = end + 1;
    }
    places.set(offset, { file, line, column: offset - start + 1 });
  }
  return offsets.map((offset) => places.get(offset)!);
}

function newWanted(): Wanted {
  return { offset: undefined, keyOffset: undefined, within: new Map() };
}

function findAll(text: string, root: Wanted): void {
  const open: { readonly wanted: Wanted | undefined; readonly isList: boolean; index: number }[] = [];
  let current: Wanted | undefined = root;
  let keyed: Wanted | undefined;
  walkJson(text, {
    value: (offset) => {
      const around = open.at(-1);
      if (around !== undefined) {
        current = around.isList ? around.wanted?.within.get(String(around.index)) : keyed;
        around.index++;
      }
      if (current !== undefined) current.offset = offset;
    },
    key: (from, to) => {
      const within = open.at(-1)?.wanted?.within;
      keyed = within === undefined || within.size === 0 ? undefined : within.get(keyText(text, from, to));
      if (keyed !== undefined) keyed.keyOffset = from;
    },
    open: (isList) => {
      open.push({ wanted: current, isList, index: 0 });
      keyed = undefined;
    },
    close: () => {
      open.pop();
    },
  });
}

function offsetIn(root: Wanted, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  let wanted = root;
  let offset = root.offset ?? 0;
  for (const [depth, key] of path.entries()) {
    wanted = wanted.within.get(String(key))!;
    const isKey = part === 'key' && depth === path.length - 1;
    const next = (isKey ? wanted.keyOffset : undefined) ?? wanted.offset;
    if (next === undefined) return offset;
    offset = next;
  }
  return offset;
}

function keyText(text: string, from: number, to: number): string {
  const key: unknown = JSON.parse(text.slice(from, to));
  return String(key);
}
