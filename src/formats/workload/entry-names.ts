import { MOST_CHARACTERS } from '../name-schema.ts';

/** Where an entry has its name: in front of it stands that of its block and a dot. */
export interface PlacedName {
  readonly prefix: string;
  readonly name: string;
}

/** Names of operators: those that entries state are theirs, and all others get a number where one of them is the same. */
export class EntryNames {
  readonly #stated: ReadonlySet<string>;
  readonly #statedInFull: ReadonlySet<string>;
  readonly #given: Set<string>;
  /** The last number behind a name, by the name with its prefix. */
  readonly #numbers = new Map<string, number>();

  /** @param stated the names of all entries */
  constructor(stated: readonly PlacedName[]) {
    this.#stated = new Set(stated.map(({ name }) => name));
    this.#statedInFull = new Set(stated.map(({ prefix, name }) => prefix + name));
    this.#given = new Set(this.#statedInFull);
  }

  /** Whether an entry of the same block, or an outermost one, states this name. */
  isStated({ prefix, name }: PlacedName): boolean {
    return this.#statedInFull.has(prefix + name) || this.#statedInFull.has(name);
  }

  /** A name for an operator that has none of its own, with its prefix: not that of another, nor one by which entries of any block name another. */
  free({ prefix, name }: PlacedName): string {
    const base = shortened(name);
    let own = base;
    let n = this.#numbers.get(prefix + base) ?? 1;
    while (this.#stated.has(own) || this.#given.has(prefix + own)) own = `${base}-${++n}`;
    this.#numbers.set(prefix + base, n);
    this.#given.add(prefix + own);
    return prefix + own;
  }
}

/** A name that has room for a number behind; of longer ones the middle is left out. */
function shortened(name: string): string {
  const most = MOST_CHARACTERS - 8;
  if (name.length <= most) return name;
  const [start, end] = [name.slice(0, most / 2), name.slice(1 - most / 2)];
  // No half of a character stays at the cut.
  return `${start.replace(/[\ud800-\udbff]$/, '')}…${end.replace(/^[\udc00-\udfff]/, '')}`;
}
