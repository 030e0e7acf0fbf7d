import type { Random } from '../../src/util/random.ts';
import { oneIn, pick } from './choices.ts';
import { hostileText, hostileWord } from './hostile.ts';

/** JSON, and texts of files that stand in it as they are. */
type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree } | Raw;

/** A part of a file that is no JSON. */
class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A place in a tree: the list or map that holds a value, and where. */
type Slot =
  | { readonly holder: Tree[]; readonly key: number }
  | { readonly holder: { [key: string]: Tree }; readonly key: string };

/** Changes the data of a file at a few random places. @param data as parsed; it is not changed @returns the text of a file in flow style */
export function mutateTree(random: Random, data: unknown, isYaml: boolean): string {
  const root: { [key: string]: Tree } = { root: structuredClone(data) as Tree };
  const changes = 1 + (oneIn(random, 3) ? random.nextInt(4) : 0);
  for (let i = 0; i < changes; i++) mutateOnce(random, root, isYaml);
  const text = textOf(root.root ?? null);
  return isYaml && oneIn(random, 8) ? anchored(random, text) : text;
}

function mutateOnce(random: Random, root: { [key: string]: Tree }, isYaml: boolean): void {
  const slots = slotsBelow({ holder: root, key: 'root' }, []);
  const slot = pick(random, slots);
  const value = get(slot);
  switch (random.nextInt(11)) {
    case 0:
      remove(slot);
      return;
    case 1:
      duplicate(random, slot, value);
      return;
    case 2:
      set(slot, structuredClone(get(pick(random, slots))));
      return;
    case 3: {
      const other = pick(random, slots);
      if (isBelow(value, other.holder) || isBelow(get(other), slot.holder)) return;
      const [mine, theirs] = [get(slot), get(other)];
      set(slot, theirs);
      set(other, mine);
      return;
    }
    case 4:
      rename(random, slot, value);
      return;
    case 5:
      set(slot, [structuredClone(value)]);
      return;
    case 6:
      set(slot, otherNumber(random, value));
      return;
    case 7:
      if (typeof value === 'string') set(slot, otherWords(random, value));
      else set(slot, new Raw(hostileText(random, isYaml)));
      return;
    default:
      set(slot, new Raw(hostileText(random, isYaml)));
  }
}

function slotsBelow(slot: Slot, found: Slot[]): Slot[] {
  found.push(slot);
  const value = get(slot);
  if (Array.isArray(value)) for (const key of value.keys()) slotsBelow({ holder: value, key }, found);
  else if (typeof value === 'object' && value !== null && !(value instanceof Raw))
    for (const key of Object.keys(value)) slotsBelow({ holder: value, key }, found);
  return found;
}

function get({ holder, key }: Slot): Tree {
  return (holder as { [key: string | number]: Tree })[key]!;
}

function set({ holder, key }: Slot, value: Tree): void {
  (holder as { [key: string | number]: Tree })[key] = value;
}

function remove({ holder, key }: Slot): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

/** The value once more: in a list behind itself, in a map under another name. */
function duplicate(random: Random, { holder, key }: Slot, value: Tree): void {
  if (Array.isArray(holder)) {
    const times = oneIn(random, 8) ? 60 : 1;
    for (let i = 0; i < times; i++) holder.splice(Number(key), 0, structuredClone(value));
  } else holder[`${key}${pick(random, ['2', ' ', '_'])}`] = structuredClone(value);
}

/** The key of a value changed, in a map. */
function rename(random: Random, { holder, key: at }: Slot, value: Tree): void {
  if (Array.isArray(holder)) return;
  const key = String(at);
  delete holder[key];
  const names = [hostileWord(random), key.toUpperCase(), key.slice(1), `${key} `];
  Object.defineProperty(holder, pick(random, names), { value, enumerable: true, configurable: true, writable: true });
}

/** A number near the old one, or far from it in the same direction: what passes the schema and reaches the model. */
function otherNumber(random: Random, value: Tree): Tree {
  if (typeof value !== 'number') return new Raw(String(random.nextInt(1000)));
  const near = [
    value + 1,
    value - 1,
    value * 2,
    value * 1000,
    value / 2,
    -value,
    value * 1e6,
    value ** 3,
    Math.round(value),
    1,
  ];
  return pick(random, near);
}

/** A text with one of its words, numbers or units replaced. */
function otherWords(random: Random, text: string): string {
  const parts = text.split(/(\s+|[^\w.]+)/);
  const at = random.nextInt(parts.length);
  return parts.with(at, hostileWord(random)).join('');
}

function isBelow(value: Tree, holder: unknown): boolean {
  if (value === holder) return true;
  if (typeof value !== 'object' || value === null || value instanceof Raw) return false;
  return Object.values(value).some((one) => isBelow(one, holder));
}

function textOf(value: Tree): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, one]) => `${JSON.stringify(key)}: ${textOf(one)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

/** The text with an anchor at some value and aliases or merges of it elsewhere. */
function anchored(random: Random, text: string): string {
  const starts = [...text.matchAll(/: (?=[[{"\d])/g)].map(({ index }) => index + 2);
  if (starts.length < 2) return text;
  const [a, b] = [pick(random, starts), pick(random, starts)].sort((x, y) => x - y);
  const alias = pick(random, ['*base', '{<<: *base}', '[*base, *base]', '{<<: [*base, *base]}']);
  const end = text.slice(b!).search(/[,\]}]/);
  return `${text.slice(0, a)}&base ${text.slice(a, b)}${alias}${end < 0 ? '' : text.slice(b! + end)}`;
}
